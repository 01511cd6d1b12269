import { describe, expect, test } from 'vitest';
import { zipfTrace } from '../testing/traces.ts';
import { answerOf, type Sizes } from './testing/answers.ts';
import { idealHits } from './testing/limits-of-hits.ts';
import { memoryTier, plainLru, replay } from './testing/replay.ts';

const KEYS = 500;
const READS = 5_000;

describe.for([0.7, 0.9, 1.1])("given reads by Zipf's law with an exponent of %s", (exponent) => {
  const { keys } = zipfTrace(KEYS, READS, 1, exponent);
  const distinct = [...new Set(keys)];
  const bytesOfAll = (sizes: Sizes) => distinct.reduce((bytes, key) => bytes + answerOf(key, sizes).sizeBytes, 0);

  test.for(['equal', 'mixed'] as const)(
    'an LRU of the same bytes has fewer hits, with answers of %s sizes',
    (sizes) => {
      const maxBytes = 0.2 * bytesOfAll(sizes);
      const hitsOf = (store: typeof memoryTier) => replay(store(maxBytes), keys, (key) => answerOf(key, sizes));
      expect(hitsOf(memoryTier)).toBeGreaterThan(1.05 * hitsOf(plainLru));
    },
  );

  test('with room for 40 % of mixed answers, 92 % of the hits of an unbounded cache remain', () => {
    const hits = replay(memoryTier(0.4 * bytesOfAll('mixed')), keys, (key) => answerOf(key, 'mixed'));
    expect(hits / idealHits(keys)).toBeGreaterThan(0.92);
  });
});
