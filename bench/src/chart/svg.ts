/** Colours of series, first ours. Each has enough contrast with the background of its theme. */
const SERIES = {
  light: ['#1d5fd1', '#c2410c', '#047857', '#7c3aed', '#9a6b00', '#0e7490', '#be185d', '#57606a'],
  dark: ['#6aa5ff', '#ff9b63', '#3fcf9b', '#b79bff', '#e0b341', '#4cc9e0', '#ff7fb6', '#a3acb8'],
};
/** Number of colours for series. */
export const COLOURS = SERIES.light.length;

const THEMES = {
  light: { ground: '#ffffff', ink: '#1d2433', quiet: '#5b6475', grid: '#e3e7ee', good: '#047857', bad: '#c0262d' },
  dark: { ground: '#11151c', ink: '#e6e9ef', quiet: '#9aa4b5', grid: '#2a313d', good: '#3fcf9b', bad: '#ff7b7f' },
};

/**
 * Returns a drawing that follows the reader's light or dark theme. Its classes: `ink` and `quiet` for text, `grid` for lines, `good`
 * and `bad` for verdicts, `c0` and up for series; each colours text and shapes, and with `line` it colours strokes.
 */
export function drawing(
  { width, height, title }: { width: number; height: number; title: string },
  body: string,
): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}" font-family="system-ui, -apple-system, Segoe UI, sans-serif" font-size="12">
<style>
${styles('light')}
@media (prefers-color-scheme: dark) {
${styles('dark')}
}
.head { font-size: 15px; font-weight: 600; } .strong { font-weight: 600; } .line { fill: none; stroke-width: 2; } .thin { stroke-width: 1; }
</style>
<rect class="ground" width="${width}" height="${height}" rx="6"/>
${body}
</svg>
`;
}

function styles(theme: keyof typeof THEMES): string {
  const named = [...Object.entries(THEMES[theme]), ...SERIES[theme].map((colour, i) => [`c${i}`, colour])];
  return named
    .map(([name, colour]) => `.${name} { fill: ${colour}; } .line.${name} { stroke: ${colour}; fill: none; }`)
    .join('\n');
}

type Attributes = Readonly<Record<string, string | number>>;

/** Returns an element; numbers are rounded to tenths of a pixel. */
export function element(name: string, attributes: Attributes, content = ''): string {
  const written = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${typeof value === 'number' ? rounded(value) : escaped(value)}"`,
  );
  return content === '' ? `<${name}${written.join('')}/>` : `<${name}${written.join('')}>${content}</${name}>`;
}

export function text(x: number, y: number, content: string, attributes: Attributes = {}): string {
  return element('text', { class: 'ink', x, y, ...attributes }, escaped(content));
}

export function line(from: readonly [x: number, y: number], to: readonly [x: number, y: number], kind: string): string {
  return element('line', { class: `line ${kind}`, x1: from[0], y1: from[1], x2: to[0], y2: to[1] });
}

/** Returns a number in three digits, with `k`, `M` or `G`. */
export function shortNumber(value: number): string {
  for (const [unit, suffix] of [
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const)
    if (Math.abs(value) >= unit) return `${Number((value / unit).toPrecision(3))}${suffix}`;
  return String(Number(value.toPrecision(3)));
}

function rounded(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
