import { describe, expect, test } from 'vitest';
import { runSeeds } from '../run-seeds.ts';
import type { SimulationResult } from '../simulate.ts';
import { MUTANTS } from './mutants.ts';

/** How far the simulation may look for each, from the seed that is known to find it. */
const SEEDS = 10_000;
/** Far above what it takes: a limit for what hangs. */
const LIMIT_MS = 900_000;

// It must be able to fail: with any of its rules taken away, the engine is found out.
describe('without the rule that', () => {
  test.for(MUTANTS.map((mutant) => [mutant.without, mutant] as const))(
    '%s, it is found out for that reason',
    { timeout: LIMIT_MS },
    async ([, { name, seed, sees }]) => {
      const isSeen = ({ wrong }: SimulationResult) => wrong.some(({ what }) => sees.test(what));
      const { wrong, seeds } = await runSeeds({ from: seed, seeds: SEEDS, mutant: name, until: isSeen });
      expect(wrong.some(isSeen), `${name} seen within ${seeds} seeds from ${seed}`).toBe(true);
    },
  );
});
