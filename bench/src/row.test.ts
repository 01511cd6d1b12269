import { expect, test } from 'vitest';
import { notMeasured, rowOfRounds, table, withGenerator } from './row.ts';

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
