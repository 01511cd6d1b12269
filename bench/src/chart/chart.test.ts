import { expect, test } from 'vitest';
import { axisOf } from './axis.ts';
import { lineChart } from './line-chart.ts';
import { ratioChart } from './ratio-chart.ts';

const CURVES = { title: 'hits', x: [1_000, 10_000], xLabel: 'entries', yLabel: 'µs' };
const RATIO = { label: 'hit', against: 'peer', ratio: 1.5, least: 1.2, most: 2, goal: 1, holds: true };
const withRatio = (ratio: Partial<typeof RATIO>) =>
  ratioChart({ title: 'ratios', note: '', groups: [{ title: 'hits', ratios: [{ ...RATIO, ...ratio }] }] });

test('a logarithmic axis gives equal ratios equal distances', () => {
  const { at, ticks } = axisOf({ kind: 'log', values: [1_000, 1_000_000], from: 0, to: 300 });
  expect(ticks).toEqual([1_000, 10_000, 100_000, 1_000_000]);
  expect(ticks.map((tick) => Math.round(at(tick)))).toEqual([0, 100, 200, 300]);
});

test('a linear axis starts at zero and holds the highest value', () => {
  const { at, ticks } = axisOf({ kind: 'linear', values: [3, 7.3], from: 100, to: 0 });
  expect(ticks).toEqual([0, 2, 4, 6, 8]);
  expect([at(0), at(8)]).toEqual([100, 0]);
});

test('names of lines that end together do not overlap', () => {
  const series = ['ours', 'peer', 'other'].map((name) => ({ name, values: [1, 2] }));
  const drawn = lineChart({ ...CURVES, series });
  const [ours = 0, peer = 0, other = 0] = ['ours', 'peer', 'other'].map((name) =>
    Number(new RegExp(`y="([\\d.]+)">${name}<`).exec(drawn)?.[1]),
  );
  expect([peer - ours, other - peer]).toEqual([16, 16]);
});

test('a missing value has no point, and names are escaped', () => {
  const drawn = lineChart({ ...CURVES, series: [{ name: 'a < b', values: [null, 2], spread: [null, [1, 3]] }] });
  expect(drawn.match(/<circle/g)).toHaveLength(1);
  expect(drawn).toContain('>a &lt; b<');
});

test('a missed goal differs by shape and colour', () => {
  expect(withRatio({})).toContain('<circle class="good"');
  expect(withRatio({ holds: false })).toContain('<circle class="line bad"');
});

test('a ratio beyond the axis is drawn at its edge', () => {
  expect(withRatio({ ratio: 400, most: 500 })).toContain('cx="970"');
});
