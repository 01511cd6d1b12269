import { expect, test } from 'vitest';
import { described } from './report.ts';
import { runSeeds } from './run-seeds.ts';

/** The long run is seeds.prove.test.ts. */
const SEEDS = 500;

test(`over ${SEEDS} seeds of delays and faults no promise is broken`, async () => {
  const { seeds, wrong } = await runSeeds({ seeds: SEEDS, workers: 1 });
  expect(wrong.map((result) => described(result.seed, result.wrong))).toEqual([]);
  expect(seeds).toBe(SEEDS);
});
