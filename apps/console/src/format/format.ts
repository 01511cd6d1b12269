const NUMBER = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** Returns a count with separators: `12,345`. */
export function count(value: number): string {
  return NUMBER.format(value);
}

/** Returns three significant digits without trailing zeros after the point. */
function short(value: number): string {
  if (value >= 100) return String(Math.round(value));
  return String(Number(value.toPrecision(3)));
}

/** Returns a duration that was measured: `1.02 µs`, `52 ms`, `3.4 s`, `5 min 20 s`, `2 h 5 min`. */
export function duration(ms: number): string {
  if (ms === 0) return '0 ms';
  if (ms < 1) return `${short(ms * 1_000)} µs`;
  if (ms < 1_000) return `${short(ms)} ms`;
  if (ms < 60_000) return `${short(ms / 1_000)} s`;
  return long(Math.round(ms / 1_000));
}

/** Returns the time until or since an instant in whole seconds: `12 s`, `5 min 20 s`. */
export function seconds(ms: number): string {
  const whole = Math.max(0, Math.round(ms / 1_000));
  return whole < 60 ? `${whole} s` : long(whole);
}

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

function long(wholeSeconds: number): string {
  const at = UNITS.findIndex(([, length]) => wholeSeconds >= length);
  const [unit, length] = UNITS[at] ?? ['s', 1];
  const [nextUnit, nextLength] = UNITS[at + 1] ?? ['', 0];
  const rest = nextLength === 0 ? 0 : Math.floor((wholeSeconds % length) / nextLength);
  return `${Math.floor(wholeSeconds / length)} ${unit}${rest === 0 ? '' : ` ${rest} ${nextUnit}`}`;
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Returns a size in decimal units: `512 B`, `1.5 MB`. */
export function bytes(value: number): string {
  let size = value;
  for (const unit of BYTE_UNITS) {
    if (size < 999.5 || unit === 'TB') return `${short(size)} ${unit}`;
    size /= 1_000;
  }
  return `${value} B`;
}

/** Returns a share of 0 to 100 with at most two decimals: `99.98 %`. 100 and 0 are shown only if they are exact. */
export function percent(value: number): string {
  if (value > 0 && value < 0.01) return '< 0.01 %';
  if (value < 100 && value > 99.99) return '> 99.99 %';
  return `${Number(value.toFixed(value >= 99 ? 2 : 1))} %`;
}

/** Returns the time of an instant on the clock of the browser: `14:03:21`. */
export function timeOfDay(instant: number): string {
  return new Date(instant).toLocaleTimeString('en-GB');
}

/** Returns an instant on the clock of the browser: `2026-03-01 14:03:21`. */
export function dateTime(instant: number): string {
  return new Date(instant).toLocaleString('sv-SE');
}
