import { expect, test } from 'vitest';
import { notMeasured, rowOfRounds, table, verdict, withCpu, withGenerator, worseHalf } from './row.ts';

const rounds = (ours: number[], theirs: number[], goal: number) =>
  rowOfRounds({ id: 'hit', unit: 'requests/s', ours, against: 'bare', theirs, goal });

test('a row compares medians and shows the spread of each side', () => {
  expect(rounds([90, 100, 200], [100, 110, 120], 0.9)).toMatchObject({
    ...{ ours: 100, theirs: 110, ratio: 100 / 110, goal: 0.9, holds: true },
    spread: { ours: [90, 200], theirs: [100, 120], ratio: [0.9, 200 / 120] },
  });
});

test('a row below its goal does not hold', () => {
  expect(rounds([80], [100], 0.9)).toMatchObject({ ratio: 0.8, holds: false });
});

test('the ratio of durations is theirs divided by ours', () => {
  const row = rowOfRounds({ id: 'p99', unit: 'ms', ours: [2], against: 'bare', theirs: [3], goal: 1 }, 'lower');
  expect(row).toMatchObject({ ratio: 1.5, holds: true });
});

test('the ratio is the median of the rounds, each within its round', () => {
  const row = rounds([100, 10, 40], [50, 20, 20], 1);
  expect(row).toMatchObject({ ours: 40, theirs: 20, ratio: 2, spread: { ratio: [0.5, 2] } });
});

test.each([
  { ratios: [1], half: [1] },
  { ratios: [3, 1], half: [1] },
  { ratios: [2, 3, 1], half: [1, 2] },
  { ratios: [4, 1, 3, 2], half: [1, 2] },
  { ratios: [5, 1, 4, 2, 3], half: [1, 2, 3] },
])('the worse half of $ratios is $half', ({ ratios, half }) => {
  expect(worseHalf(ratios)).toEqual(half);
});

test('a goal holds only if the median of the worse half reaches it', () => {
  const held = rounds([80, 90, 95, 120, 130], [100, 100, 100, 100, 100], 0.9);
  expect(held).toMatchObject({ ratio: 0.95, worse: 0.9, holds: true });
  const missed = rounds([80, 89, 95, 120, 130], [100, 100, 100, 100, 100], 0.9);
  expect(missed).toMatchObject({ ratio: 0.95, worse: 0.89, holds: false });
  expect([held, missed].map(verdict)).toEqual(['holds', 'MISSED in the worse half']);
});

test('in rows of durations the worse half has the longest', () => {
  const row = rowOfRounds({ id: 'p99', unit: 'ms', ours: [2, 8], against: 'a limit', theirs: 4, goal: 1 }, 'lower');
  expect(row).toMatchObject({ worse: 0.5, holds: false });
});

test('with other numbers of rounds, each round is compared with the median', () => {
  expect(rounds([10, 20], [10, 10, 40], 0.9)).toMatchObject({ ratio: 1.5, worse: 1 });
});

test('processor time is shown beside the figures and does not change the verdict', () => {
  const row = withCpu(rounds([100], [100], 0.9), [4, 2, 3], [2, 2, 2]);
  expect(row).toMatchObject({ cpuMicros: { ours: 3, theirs: 2 }, ratioByCpu: 2 / 3, holds: true });
  expect(table([row]).split('\n')[0]).toMatch(/µs of CPU, ours +theirs +by CPU time/);
});

test('a row that is not measured misses its goal', () => {
  expect(notMeasured('hit against nginx', 'not a Debian-like system')).toMatchObject({ goal: 1, holds: false });
});

test('a goal reached by a generator without spare time does not hold', () => {
  const reached = rounds([100], [100], 0.9);
  expect(withGenerator(reached, { idle: 0.4, waiting: 0.1 }).holds).toBe(true);
  expect(withGenerator(reached, { idle: 0.02, waiting: 0 }).holds).toBe(false);
  expect(withGenerator(reached, { idle: 0.4, waiting: 0.39 }).holds).toBe(false);
});

test('the table names missed goals and limited measurements', () => {
  const limited = withGenerator(rounds([100], [100], 0.9), { idle: 0.02, waiting: 0 });
  const lines = table([limited, rounds([80], [100], 0.9), notMeasured('nginx', 'no apt-get')]).split('\n');
  expect(lines.slice(1).map((line) => /LIMITED by the generator|MISSED/.exec(line)?.[0])).toEqual([
    'LIMITED by the generator',
    'MISSED',
    'MISSED',
  ]);
  expect(lines[1]).toContain('2 %');
});
