import { expect, test } from 'vitest';
import { described } from './report.ts';
import { runSeeds } from './run-seeds.ts';

const SEEDS = 10_000;
/** A limit for tests that hang, far above the usual time. */
const LIMIT_MS = 900_000;

test(
  `over ${SEEDS} seeds no answer predates an acknowledged write, cold keys load once, and all operations end`,
  async () => {
    const { seeds, wrong } = await runSeeds({ seeds: SEEDS, workers: 2 });
    expect(wrong.map((result) => described(result.seed, result.wrong))).toEqual([]);
    expect(seeds).toBe(SEEDS);
  },
  LIMIT_MS,
);
