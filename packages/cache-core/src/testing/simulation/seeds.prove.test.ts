import { expect, test } from 'vitest';
import { described } from './report.ts';
import { runSeeds } from './run-seeds.ts';

const SEEDS = 10_000;
/** Far above what it takes: a limit for what hangs. */
const LIMIT_MS = 900_000;

test(
  `over ${SEEDS} seeds of delays and faults no answer is from before an acknowledged write, cold keys are loaded once, and all ends`,
  async () => {
    const { seeds, wrong } = await runSeeds({ seeds: SEEDS, workers: 2 });
    expect(wrong.map((result) => described(result.seed, result.wrong))).toEqual([]);
    expect(seeds).toBe(SEEDS);
  },
  LIMIT_MS,
);
