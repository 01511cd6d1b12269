import { describe, expect, test } from 'vitest';
import { runSeeds } from '../run-seeds.ts';
import type { SimulationResult } from '../simulate.ts';
import { MUTANTS } from './mutants.ts';

/** Maximum number of seeds per mutant, from the seed that is known to find it. */
const SEEDS = 10_000;
/** A limit for tests that hang, far above the usual time. */
const LIMIT_MS = 900_000;

// The simulation can fail: it detects the engine without any one of its rules.
describe('without the rule that', () => {
  test.for(MUTANTS.map((mutant) => [mutant.without, mutant] as const))(
    '%s, the simulation fails for that reason',
    { timeout: LIMIT_MS },
    async ([, { name, seed, sees }]) => {
      const isSeen = ({ wrong }: SimulationResult) => wrong.some(({ what }) => sees.test(what));
      const { wrong, seeds } = await runSeeds({ from: seed, seeds: SEEDS, mutant: name, until: isSeen });
      expect(wrong.some(isSeen), `${name} seen within ${seeds} seeds from ${seed}`).toBe(true);
    },
  );
});
