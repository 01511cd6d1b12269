import type { LineChart, Series } from '../../chart/line-chart.ts';
import type { Point, Row } from '../../row.ts';
import type { KeptRun } from './kept-runs.ts';

type Axis = Point['axis'];
type RowOfCurve = Row & { readonly point: Point };

const CHARTS: Readonly<Record<Axis, Pick<LineChart, 'title' | 'note' | 'xLabel'>>> = {
  entries: {
    title: 'Cost of an operation as the cache grows',
    note: 'Compared with its cost at the left end: 1 is flat, 2 is twice as expensive. A bar is the spread of the rounds.',
    xLabel: 'entries in the process and in Redis',
  },
  processes: {
    title: 'Cost of an operation in one process as others follow the same log',
    note: 'Compared with its cost in a single process. A receipt waits for all of them; the goal of the other costs is flat.',
    xLabel: 'processes',
  },
};

/** The cost that a receipt may have, compared with a receipt of one process. */
export const receiptMayGrow = (processes: number): number => 1 + Math.log2(processes);

/** Returns one chart per axis for which the kept runs have points, by file name. */
export function growthCharts(runs: readonly KeptRun[]): Readonly<Record<string, LineChart>> {
  const points = runs.flatMap(({ rows }) => rows).filter((row): row is RowOfCurve => row.point !== undefined);
  const charts = (Object.keys(CHARTS) as Axis[]).flatMap((axis) => {
    const rows = points.filter(({ point }) => point.axis === axis);
    return rows.length === 0 ? [] : [[nameOf(axis), chartOf(axis, rows)] as const];
  });
  return Object.fromEntries(charts);
}

const nameOf = (axis: Axis): string => `performance-growth-by-${axis}.svg`;

function chartOf(axis: Axis, rows: readonly RowOfCurve[]): LineChart {
  const x = [...new Set(rows.map(({ point }) => point.at))].sort((a, b) => a - b);
  const curves = Map.groupBy(rows, ({ point }) => point.curve);
  const series = [...curves].map(([name, rows]): Series => {
    const at = x.map((place) => rows.find(({ point }) => point.at === place));
    return {
      name,
      values: at.map((row) => (row ? 1 / row.ratio : null)),
      spread: at.map((row) => (row?.spread ? [1 / row.spread.ratio[1], 1 / row.spread.ratio[0]] : null)),
    };
  });
  const limit = { name: 'goal of a receipt', values: x.map(receiptMayGrow) };
  return {
    ...CHARTS[axis],
    x,
    yLabel: 'times the cost at the left end',
    series: axis === 'processes' ? [...series, limit] : series,
  };
}
