import { expect, test } from 'vitest';
import { sampleEntry } from '../ports/testing/cached-entry-sample.ts';
import { fixedHeaders, preparedOf } from './prepared-answer.ts';

test('given two routes that send one entry in turn, its size counts one prepared form', () => {
  const entry = sampleEntry('k:1', { value: 'x'.repeat(3_000) });
  const routes = [fixedHeaders({ a: '1' }, []), fixedHeaders({ b: '2' }, [])];
  const sizes = Array.from({ length: 100 }, () => {
    for (const fixed of routes) {
      const prepared = preparedOf(entry, fixed);
      prepared.text(prepared.best([]));
    }
    return entry.sizeBytes;
  });
  expect(sizes.at(-1)).toBe(sizes[0]);
});
