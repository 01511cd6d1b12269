import { describe, expect, test } from 'vitest';
import { type TraceOrMissing, webTrace, zipfTrace } from '../testing/traces.ts';
import { answerOf, type Sizes } from './testing/answers.ts';
import { idealHits, maxHits } from './testing/limits-of-hits.ts';
import { memoryTier, plainLru, replay } from './testing/replay.ts';

/** Room for this share of the bytes of all answers. */
const SHARES = [0.1, 0.2, 0.4, 0.7];
const SIZES: readonly Sizes[] = ['equal', 'mixed'];
const TRACES: readonly TraceOrMissing[] = [
  webTrace(),
  ...[0.7, 0.9, 1.1].map((exponent) => zipfTrace(5_000, 30_000, 1, exponent)),
];

interface Compared {
  readonly share: number;
  /** Hits as a share of those of an unbounded cache. */
  readonly ours: number;
  readonly lru: number;
  readonly limit: number;
}

function compare(keys: readonly string[], sizes: Sizes): Compared[] {
  const bytes = new Map(keys.map((key) => [key, 0]));
  for (const key of bytes.keys()) bytes.set(key, answerOf(key, sizes).sizeBytes);
  const bytesOfAll = [...bytes.values()].reduce((sum, each) => sum + each, 0);
  const ideal = idealHits(keys);
  return SHARES.map((share) => {
    const maxBytes = share * bytesOfAll;
    const hitsOf = (store: typeof memoryTier) => replay(store(maxBytes), keys, (key) => answerOf(key, sizes)) / ideal;
    const limit = maxHits(keys, (key) => bytes.get(key) ?? 0, maxBytes) / ideal;
    return { share, ours: hitsOf(memoryTier), lru: hitsOf(plainLru), limit };
  });
}

function tableOf(name: string, sizes: Sizes, rows: readonly Compared[]): string {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`.padStart(8);
  const lines = rows.map(({ share, ours, lru, limit }) => [share, ours, lru, limit].map(percent).join(' '));
  return `${name}, answers of ${sizes} sizes: room, hits of ours, LRU, limit of any policy\n${lines.join('\n')}\n`;
}

describe.for(TRACES)('reads of a trace from a bounded memory', (trace) => {
  const missing = 'missing' in trace ? trace.missing : null;
  const name = 'name' in trace ? trace.name : `skipped: ${missing}`;

  test.skipIf(missing !== null).for(SIZES)(
    `hit more often than in an LRU of the same bytes: ${name}, %s sizes`,
    (sizes) => {
      const rows = 'missing' in trace ? [] : compare(trace.keys, sizes);
      process.stdout.write(tableOf(name, sizes, rows));
      expect(rows.filter(({ ours, lru }) => ours < lru)).toEqual([]);
      expect(rows.filter(({ ours, limit }) => ours > limit)).toEqual([]);
      // Equal answers leave no choice between large and small ones: for Zipf's law with 0.7, 70 % of the keys have 90 % of the reads.
      const enough = rows.filter(({ share }) => share >= 0.4 && sizes === 'mixed');
      expect(enough.filter(({ ours }) => ours < 0.95)).toEqual([]);
    },
  );
});
