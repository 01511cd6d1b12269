import { expect, test } from 'vitest';
import { MUTANTS } from './mutants.ts';
import { edited, sourceOf } from './mutate.ts';

test('each mutant finds its texts in the engine', () => {
  expect(MUTANTS.length).toBeGreaterThan(0);
  for (const { edits } of MUTANTS)
    for (const [file, its] of Map.groupBy(edits, ({ file }) => file))
      expect(edited(sourceOf(file), its)).toBeTypeOf('string');
});

test('a mutant whose text does not occur exactly once throws', () => {
  const file = sourceOf('log/receipt.ts');
  expect(() => edited(file, [{ file: '', find: 'no such text', replace: '' }])).toThrow('found it 0 times');
  expect(() => edited(file, [{ file: '', find: 'const', replace: '' }])).toThrow(/found it \d+ times/);
});
