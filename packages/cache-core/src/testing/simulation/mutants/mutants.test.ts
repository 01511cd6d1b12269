import { describe, expect, test } from 'vitest';
import { runSeeds } from '../run-seeds.ts';
import type { SimulationResult } from '../simulate.ts';
import { MUTANTS } from './mutants.ts';
import { edited, sourceOf } from './mutate.ts';

/** How far the simulation may look for each. */
const SEEDS = 10_000;
/** Far above what it takes: a limit for what hangs. */
const LIMIT_MS = 900_000;

// It must be able to fail: with any of its rules taken away, the engine is found out.
describe('without the rule that', () => {
  test.for(MUTANTS.map((mutant) => [mutant.without, mutant] as const))(
    '%s, it is found out for that reason',
    { timeout: LIMIT_MS },
    async ([, { name, sees }]) => {
      const isSeen = ({ wrong }: SimulationResult) => wrong.some(({ what }) => sees.test(what));
      const { wrong, seeds } = await runSeeds({ seeds: SEEDS, mutant: name, until: isSeen });
      expect(wrong.some(isSeen), `${name} seen within ${seeds} seeds`).toBe(true);
    },
  );
});

test('each mutant finds its texts in the engine', () => {
  for (const { edits } of MUTANTS)
    for (const [file, its] of Map.groupBy(edits, ({ file }) => file))
      expect(edited(sourceOf(file), its)).toBeTypeOf('string');
});

test('a mutant whose text is no longer there exactly once is told, and does not pass for the engine', () => {
  const file = sourceOf('log/receipt.ts');
  expect(() => edited(file, [{ file: '', find: 'no such text', replace: '' }])).toThrow('found it 0 times');
  expect(() => edited(file, [{ file: '', find: 'const', replace: '' }])).toThrow(/found it \d+ times/);
});
