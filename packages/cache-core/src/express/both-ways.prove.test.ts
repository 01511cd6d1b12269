import { expect, test } from 'vitest';
import { compareWays, FAST } from './testing/both-ways.ts';

test('10,000 generated requests get the same answers with and without the fast path', {
  timeout: 300_000,
}, async () => {
  const { difference, fastAnswers } = await compareWays(FAST, { requests: 10_000, seed: 2 });
  expect(difference).toBeNull();
  expect(fastAnswers).toBeGreaterThan(1_000);
});
