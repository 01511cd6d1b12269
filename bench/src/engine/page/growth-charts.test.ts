import { expect, test } from 'vitest';
import { growthRow } from '../parts/growth-row.ts';
import { growthCharts } from './growth-charts.ts';
import type { KeptRun } from './kept-runs.ts';

const receiptWith = (at: number, ms: number) =>
  growthRow({
    point: { curve: 'receipt', axis: 'processes', at },
    ...{ unit: 'ms', ours: [ms], least: [2], leastAt: 1, mayGrow: 1 },
  });
const runOf = (rows: KeptRun['rows']): KeptRun => ({
  ...{ part: 'growth', day: '2026-01-31', kind: 'quick', rounds: 1, seconds: 1, rows },
  machine: { cpu: 'x', cores: 2, node: 'v26', platform: 'linux' },
});

test('a curve shows the cost compared with its start, beside the goal of a receipt', () => {
  const charts = growthCharts([runOf([receiptWith(1, 2), receiptWith(16, 8)])]);
  expect(Object.keys(charts)).toEqual(['performance-growth-by-processes.svg']);
  expect(charts['performance-growth-by-processes.svg']).toMatchObject({
    x: [1, 16],
    series: [
      { name: 'receipt', values: [1, 4] },
      { name: 'goal of a receipt', values: [1, 5] },
    ],
  });
});

test('runs without points have no chart', () => {
  const { point: _, ...row } = receiptWith(1, 2);
  expect(growthCharts([runOf([row])])).toEqual({});
});
