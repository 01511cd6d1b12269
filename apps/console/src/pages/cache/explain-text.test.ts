import { expect, test } from 'vitest';
import { demandText, loadingText, verdictOf } from './explain-text.ts';
import type { Explanation } from './types.ts';

type Next = Explanation['next'];
const next = (more: Partial<Next>): { next: Next } => ({
  next: { outcome: 'hit', tier: 'memory', reason: null, verified: true, waits_for: null, why: '', ...more },
});

test.for([
  [{}, 'The next read is a hit from memory'],
  [{ tier: 'redis' }, 'The next read is a hit from Redis'],
  [{ outcome: 'stale' }, 'The next read gets a stale answer from memory, while it is reloaded'],
  [{ outcome: 'miss', tier: null }, 'The next read is a miss: it loads the answer'],
  [
    { outcome: 'miss', tier: null, waits_for: 'another process' },
    'The next read waits for the load of another process',
  ],
  [{ outcome: null, tier: null }, 'The next read first has to catch up with the invalidation log'],
] as const)('the next read %j is said as %s', ([more, text]) => {
  expect(verdictOf(next(more)).text).toBe(text);
});

test('a load and a pause after a failure are named', () => {
  expect(loadingText({ loading: 'another process', backing_off_ms: 0 })).toBe('another process');
  expect(loadingText({ loading: 'none', backing_off_ms: 4_000 })).toBe('no process; after a failed load, none for 4 s');
});

test('the demand is one sentence, and null without demand', () => {
  const demand = { reads: 12.4, load_ms: 20, saving_ms: 248, warmable: true };
  expect(demandText({ demand })).toBe('12 reads lately, a load takes 20 ms: the cache saves 248 ms');
  expect(demandText({ demand: null })).toBe(null);
});
