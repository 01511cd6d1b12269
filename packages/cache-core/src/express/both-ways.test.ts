import { expect, test } from 'vitest';
import { compareWays, FAST, FAST_WITHOUT_CHECKS } from './testing/both-ways.ts';

test('1,000 generated requests get the same answers with and without the fast path', async () => {
  const { difference, fastAnswers } = await compareWays(FAST, { requests: 1_000, seed: 1 });
  expect(difference).toBeNull();
  expect(fastAnswers).toBeGreaterThan(50);
});

test('control: generated requests find a fast path that skips the checks of the middleware', async () => {
  const { difference } = await compareWays(FAST_WITHOUT_CHECKS, { requests: 1_000, seed: 1 });
  expect(difference).not.toBeNull();
});
