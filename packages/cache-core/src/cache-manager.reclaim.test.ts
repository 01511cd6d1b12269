import { expect, test } from 'vitest';
import type { Stamp } from './entry.ts';
import { buildKey } from './key.ts';
import type { SimulatedProcess, SimulatedWorld } from './testing/index.ts';
import { twoProcesses } from './testing/two-processes.ts';

let world: SimulatedWorld;
let one: SimulatedProcess;
let other: SimulatedProcess;
twoProcesses((begun) => {
  ({ world, one, other } = begun);
});
const through = <Result>(promise: Promise<Result>) => world.clock.through(promise);

test.each([
  ['reclaim', async (before: Stamp) => one.cache.reclaim({ key: 'files:1' }, before)],
  ['reclaim of a list', async (before: Stamp) => one.cache.reclaim([{ key: 'files:1' }, { key: 'files:2' }], before)],
])('given a value set after an invalidation of its key, %s of that invalidation keeps it', async (_, reclaim) => {
  await through(one.cache.set('files:1', 'old'));
  const receipt = await through(other.cache.invalidate({ key: 'files:1' }));
  if (receipt.state !== 'applied') throw new Error('expected a receipt');
  const before = { epoch: receipt.epoch, asOf: receipt.position };
  expect(await through(other.cache.set('files:1', 'newer'))).toBe(true);
  expect(await through(one.cache.get('files:1'))).toBe('newer');
  expect(await through(reclaim(before))).toBe(0);
  expect(await through(one.cache.get('files:1'))).toBe('newer');
  expect(world.shared.read('files:1')).not.toBeNull();
});

test('given a value set while its key is being deleted, after the deletion, it stays', async () => {
  await through(one.cache.set('files:1', 'old'));
  one.shared.requestMs = () => 40;
  const deleting = one.cache.delete('files:1');
  await world.clock.advance(5);
  expect(await through(other.cache.set('files:1', 'newer'))).toBe(true);
  await through(deleting);
  one.shared.requestMs = () => 0;
  expect(world.shared.read('files:1')).not.toBeNull();
  expect([await through(one.cache.get('files:1')), await through(other.cache.get('files:1'))]).toEqual([
    'newer',
    'newer',
  ]);
});

test('given keys with a version, a prefix without it counts and clears them in both tiers', async () => {
  const keys = [1, 2].map((version) => buildKey({ prefix: 'v', name: 'list', version, params: null }));
  for (const key of keys) await through(one.cache.set(key, 'cached'));
  await through(one.cache.set('v:lists:1', 'cached'));
  for (const prefix of ['v:list', 'v:list:', 'v:list:*'])
    expect(await through(other.cache.dryRun({ prefix }))).toEqual({ memory: 0, shared: 2 });
  expect(await through(one.cache.dryRun({ prefix: 'v:list' }))).toEqual({ memory: 2, shared: 2 });
  expect(await through(other.cache.clearPattern('v:list:*'))).toBe(2);
  expect(keys.map((key) => world.shared.read(key))).toEqual([null, null]);
  expect(world.shared.read('v:lists:1')).not.toBeNull();
});

test('reclaiming later leaves what was loaded since the invalidation', async () => {
  await through(one.cache.set('files:a', 1, 60));
  await through(one.cache.set('files:b', 1, 60));
  const receipt = await through(one.cache.invalidate({ prefix: 'files' }));
  if (receipt.state !== 'applied') throw new Error('expected it to be applied');
  await through(one.cache.set('files:a', 2, 60));
  expect(await through(other.cache.reclaim({ prefix: 'files' }, { ...receipt, asOf: receipt.position }))).toBe(1);
  expect(await through(other.cache.get('files:a'))).toBe(2);
});
