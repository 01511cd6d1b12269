import { describe, expect, test } from 'vitest';
import { runSeeds } from '../run-seeds.ts';
import { MUTANTS } from './mutants.ts';
import { edited, sourceOf } from './mutate.ts';

/** How far the simulation may look for each. */
const SEEDS = 10_000;
/** Far above what it takes: a limit for what hangs. */
const LIMIT_MS = 900_000;

// It must be able to fail: with any of its rules taken away, the engine is found out.
describe('without the rule that', () => {
  test.for(MUTANTS.map((mutant) => [mutant.without, mutant] as const))(
    '%s, some promise is broken, for that reason',
    { timeout: LIMIT_MS },
    async ([, { name, sees }]) => {
      const { wrong, seeds } = await runSeeds({ seeds: SEEDS, mutant: name, stopAtFirst: true });
      const reasons = wrong.flatMap((result) => result.wrong.map(({ what }) => what));
      expect(reasons, `${name} within ${seeds} seeds`).not.toEqual([]);
      expect(
        reasons.some((what) => sees.test(what)),
        reasons.join('\n'),
      ).toBe(true);
    },
  );
});

test('a mutant whose text is no longer there exactly once is told, and does not pass for the engine', () => {
  const file = sourceOf('log/receipt.ts');
  expect(() => edited(file, [{ file: '', find: 'no such text', replace: '' }])).toThrow('found it 0 times');
  expect(() => edited(file, [{ file: '', find: 'const', replace: '' }])).toThrow(/found it \d+ times/);
});
