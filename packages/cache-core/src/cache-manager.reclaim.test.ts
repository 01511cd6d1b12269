import { expect, test } from 'vitest';
import type { Stamp } from './model/entry.ts';
import { buildKey } from './model/key.ts';
import { begunWithTwoProcesses } from './testing/two-processes.ts';

const two = begunWithTwoProcesses();
const { through } = two;

test.each([
  ['reclaim', async (before: Stamp) => two.one.cache.reclaim({ key: 'files:1' }, before)],
  [
    'reclaim of a list',
    async (before: Stamp) => two.one.cache.reclaim([{ key: 'files:1' }, { key: 'files:2' }], before),
  ],
])('given a value set after an invalidation of its key, %s of that invalidation keeps it', async (_, reclaim) => {
  await through(two.one.cache.set('files:1', 'old'));
  const receipt = await through(two.other.cache.invalidate({ key: 'files:1' }));
  if (receipt.state !== 'applied') throw new Error('expected a receipt');
  const before = { epoch: receipt.epoch, asOf: receipt.position };
  expect(await through(two.other.cache.set('files:1', 'newer'))).toBe(true);
  expect(await through(two.one.cache.get('files:1'))).toBe('newer');
  expect(await through(reclaim(before))).toBe(0);
  expect(await through(two.one.cache.get('files:1'))).toBe('newer');
  expect(two.world.shared.read('files:1')).not.toBeNull();
});

test('a value set during the delete of its key remains after the delete', async () => {
  await through(two.one.cache.set('files:1', 'old'));
  two.one.shared.requestMs = () => 40;
  const deleting = two.one.cache.delete('files:1');
  await two.world.clock.advance(5);
  expect(await through(two.other.cache.set('files:1', 'newer'))).toBe(true);
  await through(deleting);
  two.one.shared.requestMs = () => 0;
  expect(two.world.shared.read('files:1')).not.toBeNull();
  expect([await through(two.one.cache.get('files:1')), await through(two.other.cache.get('files:1'))]).toEqual([
    'newer',
    'newer',
  ]);
});

test('given keys with a version, a prefix without it counts and clears them in both tiers', async () => {
  const keys = [1, 2].map((version) => buildKey({ prefix: 'v', name: 'list', version, params: null }));
  for (const key of keys) await through(two.one.cache.set(key, 'cached'));
  await through(two.one.cache.set('v:lists:1', 'cached'));
  for (const prefix of ['v:list', 'v:list:', 'v:list:*'])
    expect(await through(two.other.cache.dryRun({ prefix }))).toEqual({ memory: 0, shared: 2 });
  expect(await through(two.one.cache.dryRun({ prefix: 'v:list' }))).toEqual({ memory: 2, shared: 2 });
  expect(await through(two.other.cache.clearPattern('v:list:*'))).toBe(2);
  expect(keys.map((key) => two.world.shared.read(key))).toEqual([null, null]);
  expect(two.world.shared.read('v:lists:1')).not.toBeNull();
});

test('a later reclaim keeps values that were loaded after the invalidation', async () => {
  await through(two.one.cache.set('files:a', 1, 60));
  await through(two.one.cache.set('files:b', 1, 60));
  const receipt = await through(two.one.cache.invalidate({ prefix: 'files' }));
  if (receipt.state !== 'applied') throw new Error('expected it to be applied');
  await through(two.one.cache.set('files:a', 2, 60));
  expect(await through(two.other.cache.reclaim({ prefix: 'files' }, { ...receipt, asOf: receipt.position }))).toBe(1);
  expect(await through(two.other.cache.get('files:a'))).toBe(2);
});
