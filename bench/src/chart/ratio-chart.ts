import { type Axis, axisOf } from './axis.ts';
import { drawing, element, line, shortNumber, text } from './svg.ts';

/** One ratio of a chart: higher is better. */
export interface Ratio {
  readonly label: string;
  readonly against: string;
  readonly ratio: number;
  readonly least: number;
  readonly most: number;
  readonly goal: number;
  readonly holds: boolean;
}

export interface RatioChart {
  readonly title: string;
  /** A sentence below the title. */
  readonly note: string;
  readonly groups: readonly { readonly title: string; readonly ratios: readonly Ratio[] }[];
}

const WIDTH = 1_120;
const COLUMNS = { label: 20, against: 330, plot: 630, plotEnd: 970, value: 988 };
const MAX_CHARACTERS = { label: 48, against: 44 };
const ROW = 20;
const GROUP = 30;
const TOP = 84;
/** Ratios beyond these are drawn at the edge. */
const RANGE = { least: 0.2, most: 20 };

/** Draws ratios on a logarithmic axis with their spread and their goals, as an SVG document. */
export function ratioChart({ title, note, groups }: RatioChart): string {
  const height = TOP + groups.reduce((sum, { ratios }) => sum + GROUP + ROW * ratios.length, 0) + 16;
  const x = axisOf({ kind: 'log', values: [RANGE.least, RANGE.most], from: COLUMNS.plot, to: COLUMNS.plotEnd });
  const body = [
    text(COLUMNS.label, 28, title, { class: 'ink head' }),
    text(COLUMNS.label, 47, note, { class: 'quiet' }),
  ];
  for (const tick of x.ticks) {
    body.push(line([x.at(tick), TOP - 6], [x.at(tick), height - 14], tick === 1 ? 'thin quiet' : 'thin grid'));
    body.push(text(x.at(tick), TOP - 12, `${shortNumber(tick)} ×`, { class: 'quiet', 'text-anchor': 'middle' }));
  }
  let y = TOP;
  for (const { title, ratios } of groups) {
    body.push(text(COLUMNS.label, y + GROUP - 12, title, { class: 'ink strong' }));
    y += GROUP;
    for (const ratio of ratios) {
      body.push(rowOf(ratio, x, y));
      y += ROW;
    }
  }
  return drawing({ width: WIDTH, height, title }, body.join('\n'));
}

function rowOf({ label, against, ratio, least, most, goal, holds }: Ratio, x: Axis, y: number): string {
  const at = (value: number) => x.at(Math.min(RANGE.most, Math.max(RANGE.least, value)));
  const base = y + 10;
  const mark = { class: holds ? 'good' : 'line bad', cx: at(ratio), cy: y + 6, r: 4.5 };
  return [
    text(COLUMNS.label, base, cut(label, MAX_CHARACTERS.label)),
    text(COLUMNS.against, base, cut(against, MAX_CHARACTERS.against), { class: 'quiet' }),
    line([at(least), y + 6], [at(most), y + 6], 'thin quiet'),
    line([at(goal), y - 1], [at(goal), y + 13], 'ink'),
    element('circle', mark),
    text(COLUMNS.value, base, `${shortNumber(ratio)} ×`, { class: holds ? 'ink' : 'bad strong' }),
    text(WIDTH - 14, base, `≥ ${shortNumber(goal)}`, { class: 'quiet', 'text-anchor': 'end' }),
  ].join('\n');
}

function cut(content: string, characters: number): string {
  return content.length <= characters ? content : `${content.slice(0, characters - 1).trimEnd()}…`;
}
