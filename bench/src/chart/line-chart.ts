import { type Axis, type AxisKind, axisOf } from './axis.ts';
import { COLOURS, drawing, element, line, shortNumber, text } from './svg.ts';

/** One line of a chart. */
export interface Series {
  readonly name: string;
  /** A value per point of the x axis; null where nothing was measured. */
  readonly values: readonly (number | null)[];
  /** The lowest and highest value per point, drawn as a bar. */
  readonly spread?: readonly (readonly [least: number, most: number] | null)[];
}

export interface LineChart {
  readonly title: string;
  /** A sentence below the title. */
  readonly note?: string;
  readonly x: readonly number[];
  readonly xLabel: string;
  readonly yLabel: string;
  /** Defaults to `log`. */
  readonly xKind?: AxisKind;
  /** Defaults to `linear`, which starts at zero. */
  readonly yKind?: AxisKind;
  /** The first is ours: its line is thicker. */
  readonly series: readonly Series[];
}

const [WIDTH, HEIGHT] = [940, 380];
const PLOT = { left: 64, right: 650, top: 86, bottom: 326 };
const LABEL_HEIGHT = 16;

/** Draws values over a size, one line per series with its name at the end, as an SVG document. */
export function lineChart(chart: LineChart): string {
  const { title, note = '', series } = chart;
  const { x, y } = axesOf(chart);
  const body = [
    text(20, 28, title, { class: 'ink head' }),
    text(20, 46, note, { class: 'quiet' }),
    ...grid(chart, x, y),
    ...[...series.entries()].reverse().map(([i, each]) => path(chart.x, each, i, x, y)),
    ...endLabels(chart, x, y),
  ];
  return drawing({ width: WIDTH, height: HEIGHT, title }, body.join('\n'));
}

function axesOf({ x, xKind = 'log', yKind = 'linear', series }: LineChart): { x: Axis; y: Axis } {
  const values = series.flatMap(({ values, spread = [] }) => [...values, ...spread.flat()]).filter((it) => it !== null);
  if (values.length === 0) throw new Error('expected values to draw, got none');
  return {
    x: axisOf({ kind: xKind, values: x, from: PLOT.left + 12, to: PLOT.right - 12 }),
    y: axisOf({ kind: yKind, values, from: PLOT.bottom, to: PLOT.top }),
  };
}

function grid({ x: points, xLabel, yLabel }: LineChart, x: Axis, y: Axis): string[] {
  return [
    ...y.ticks.flatMap((tick) => [
      line([PLOT.left, y.at(tick)], [PLOT.right, y.at(tick)], 'thin grid'),
      text(PLOT.left - 8, y.at(tick) + 4, shortNumber(tick), { class: 'quiet', 'text-anchor': 'end' }),
    ]),
    ...points.flatMap((point) => [
      line([x.at(point), PLOT.bottom], [x.at(point), PLOT.bottom + 5], 'thin quiet'),
      text(x.at(point), PLOT.bottom + 19, shortNumber(point), { class: 'quiet', 'text-anchor': 'middle' }),
    ]),
    text((PLOT.left + PLOT.right) / 2, PLOT.bottom + 40, xLabel, { class: 'quiet', 'text-anchor': 'middle' }),
    text(PLOT.left, PLOT.top - 12, yLabel, { class: 'quiet' }),
  ];
}

function path(points: readonly number[], { values, spread = [] }: Series, index: number, x: Axis, y: Axis): string {
  const colour = colourOf(index);
  const places = values.flatMap((value, i) => (value === null ? [] : [[x.at(points[i] ?? 0), y.at(value)] as const]));
  const d = places.map(([px, py], i) => `${i === 0 ? 'M' : 'L'}${px.toFixed(1)} ${py.toFixed(1)}`).join(' ');
  const bars = spread.flatMap((each, i) => {
    const at = x.at(points[i] ?? 0);
    return each ? [line([at, y.at(each[0])], [at, y.at(each[1])], `thin ${colour}`)] : [];
  });
  const dots = places.map(([cx, cy]) => element('circle', { class: colour, cx, cy, r: index === 0 ? 4 : 3 }));
  const width = index === 0 ? 3 : 1.6;
  return [element('path', { class: `line ${colour}`, d, style: `stroke-width: ${width}` }), ...bars, ...dots].join(
    '\n',
  );
}

/** Places the names beside the last values, moved apart where they would overlap. */
function endLabels({ x: points, series }: LineChart, x: Axis, y: Axis): string[] {
  const ends = series.flatMap(({ name, values }, index) => {
    const last = values.findLastIndex((value) => value !== null);
    const value = values[last] ?? null;
    return value === null ? [] : [{ name, index, fromX: x.at(points[last] ?? 0), fromY: y.at(value), y: y.at(value) }];
  });
  ends.sort((a, b) => a.y - b.y);
  for (const [i, end] of ends.entries())
    end.y = Math.max(end.y, (ends[i - 1]?.y ?? Number.NEGATIVE_INFINITY) + LABEL_HEIGHT);
  const over = Math.max(0, (ends.at(-1)?.y ?? 0) - PLOT.bottom - LABEL_HEIGHT);
  return ends.flatMap(({ name, index, fromX, fromY, y: at }) => [
    line([fromX + 5, fromY], [PLOT.right + 8, at - over], 'thin grid'),
    text(PLOT.right + 12, at - over + 4, name, { class: `${colourOf(index)}${index === 0 ? ' strong' : ''}` }),
  ]);
}

function colourOf(index: number): string {
  return `c${index % COLOURS}`;
}
