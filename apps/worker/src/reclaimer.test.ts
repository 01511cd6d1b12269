import type { Selector, Stamp } from '@pilotlight/cache-core';
import { expect, test } from 'vitest';
import { Reclaimer } from './reclaimer.ts';
import { collectingLogger } from './testing/open-test-world.ts';

const LONG_MS = 15_000;

/** A cache whose reclaims wait until the test releases them. */
function slowCache() {
  const runs: { selector: Selector; before: Stamp; end: (removed: number) => void; fail: (error: Error) => void }[] =
    [];
  const reclaim = (selector: Selector, before: Stamp) => {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    runs.push({ selector, before, end: resolve, fail: reject });
    return promise;
  };
  return { cache: { reclaim }, runs };
}

test('requests during a run are combined into one more run, with the latest stamp', async () => {
  const { cache, runs } = slowCache();
  const reclaimer = new Reclaimer({ cache, logger: collectingLogger().logger });
  reclaimer.request('files', { epoch: 1, asOf: 1 });
  for (const asOf of [2, 9, 4]) reclaimer.request('files', { epoch: 1, asOf });
  expect(runs).toHaveLength(1);
  runs[0]?.end(3);
  await expect.poll(() => runs.length).toBe(2);
  expect(runs[1]).toMatchObject({ selector: { prefix: 'files' }, before: { epoch: 1, asOf: 9 } });
  runs[1]?.end(0);
  await reclaimer.drain(LONG_MS);
  expect(runs).toHaveLength(2);
});

test('a later epoch follows every position of an earlier one, and prefixes run independently', async () => {
  const { cache, runs } = slowCache();
  const reclaimer = new Reclaimer({ cache, logger: collectingLogger().logger });
  reclaimer.request('files', { epoch: 1, asOf: 1 });
  reclaimer.request('stats', { epoch: 1, asOf: 1 });
  expect(runs.map(({ selector }) => selector)).toEqual([{ prefix: 'files' }, { prefix: 'stats' }]);
  reclaimer.request('files', { epoch: 2, asOf: 1 });
  reclaimer.request('files', { epoch: 1, asOf: 50 });
  runs[0]?.end(0);
  await expect.poll(() => runs.length).toBe(3);
  expect(runs[2]?.before).toEqual({ epoch: 2, asOf: 1 });
});

test('a failed run is logged, and the next request runs', async () => {
  const { cache, runs } = slowCache();
  const { logger, lines } = collectingLogger();
  const reclaimer = new Reclaimer({ cache, logger });
  reclaimer.request('files', { epoch: 1, asOf: 1 });
  runs[0]?.fail(new Error('a bug'));
  await reclaimer.drain(LONG_MS);
  expect(lines).toEqual(['could not free the invalidated keys under files: expiry and eviction will']);
  reclaimer.request('files', { epoch: 1, asOf: 2 });
  expect(runs).toHaveLength(2);
});
