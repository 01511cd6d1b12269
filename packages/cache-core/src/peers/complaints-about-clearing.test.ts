import { expect, test } from 'vitest';
import { type InvalidationMode, toToken } from '../model/selector.ts';
import type { SimulatedProcess, SimulatedWorld } from '../testing/index.ts';
import { twoProcesses } from '../testing/two-processes.ts';

let world: SimulatedWorld;
let one: SimulatedProcess;
let other: SimulatedProcess;
twoProcesses((begun) => {
  ({ world, one, other } = begun);
});
const through = <Result>(promise: Promise<Result>) => world.clock.through(promise);

const cached = async (...keys: string[]) => {
  for (const key of keys) for (const { cache } of [one, other]) await through(cache.getOrLoad(key, () => 'cached'));
};
const left = async (keys: string[]) => {
  const there = await Promise.all([one, other].map(({ cache }) => through(cache.getMany(keys))));
  return keys.filter((_, i) => there.every((values) => values[i] !== undefined));
};

// Complaint: Clearing a namespace clears everything, or not the memory of other instances.
// Threads: Julien-R44/bentocache#32
// Complaint: Clearing a namespace also clears another whose name begins alike.
// Threads: jaredwray/keyv#1222, jaredwray/keyv#2147
test('clearing a prefix clears everything under it, but no longer name that begins alike', async () => {
  const keys = ['users:1', 'users:archive:1', 'users2:1', 'users-archive:1', 'user:1', 'users'];
  await cached(...keys);
  await through(one.cache.clearPattern('users:*'));
  expect(await left(keys)).toEqual(['users2:1', 'users-archive:1', 'user:1', 'users']);
});

test('a part of a prefix can be cleared separately', async () => {
  const keys = ['users:1', 'users:archive:1', 'users:archive:2'];
  await cached(...keys);
  await through(one.cache.invalidate({ prefix: 'users:archive' }));
  expect(await left(keys)).toEqual(['users:1']);
});

// Complaint: There is no invalidation by pattern. Here only prefixes of whole segments are allowed; other patterns are refused.
// Threads: mcollina/async-cache-dedupe#15
test('glob characters are literal in a key, and refused inside a pattern', async () => {
  const keys = ['files:[a]:1', 'files:a:1', 'files:*:1', 'files:?:1'];
  await cached(...keys);
  await through(one.cache.invalidate({ prefix: 'files:[a]' }));
  await through(one.cache.invalidate({ key: 'files:*:1' }));
  expect(await left(keys)).toEqual(['files:a:1', 'files:?:1']);
  for (const pattern of ['fi*', 'files:*:1', 'files:[a]:*', ''])
    expect(await through(one.cache.clearPattern(pattern)).catch((error: unknown) => error)).toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
});

// Complaint: `reset` empties the whole Redis.
// Threads: node-cache-manager/node-cache-manager-ioredis-yet#172, dabroek/node-cache-manager-ioredis#31
test('clearing everything invalidates the whole cache and touches no foreign key', async () => {
  const keys = ['users:1', 'files:1'];
  await cached(...keys);
  world.shared.write('another application', Buffer.from('its bytes'));
  await through(one.cache.clearPattern('*'));
  expect(await left(keys)).toEqual([]);
  expect(world.shared.read('another application')?.toString()).toBe('its bytes');
});

test('clearing costs one log position for any number of keys, and returns how many it removed', async () => {
  const keys = Array.from({ length: 300 }, (_, i) => `users:${i}`);
  await through(one.cache.getOrLoadMany(keys, async (targets) => targets));
  await world.clock.settle();
  expect(await through(other.cache.clearPattern('users:*'))).toBe(300);
  expect(await through(one.cache.invalidate({ key: 'after' }))).toMatchObject({ position: 2 });
});

test('an eviction drops bytes here and in the shared tier, not on other processes', async () => {
  await cached('users:1', 'files:1');
  await world.clock.settle();
  expect(await through(one.cache.evict({ prefix: 'users' }))).toEqual({ memory: 1, shared: 1 });
  expect(await through(other.cache.get('users:1'))).toBe('cached');
  expect(await through(one.cache.get('users:1'))).toBeUndefined();
  expect(await left(['files:1'])).toEqual(['files:1']);
});

test('a dry run counts the matching keys and changes nothing', async () => {
  await cached('users:1', 'users:2', 'files:1');
  await world.clock.settle();
  expect(await through(one.cache.dryRun({ prefix: 'users' }))).toEqual({ memory: 2, shared: 2 });
  expect(await left(['users:1', 'users:2', 'files:1'])).toHaveLength(3);
});

// Complaint: An invalidation without effect gives no error. Here it is `pending` while the log is unreachable, and invalid arguments are refused.
// Threads: unkn0wn-root/cascache#2
test('an ambiguous or empty selector is refused', async () => {
  for (const selector of [{}, { tag: 'a', key: 'b' }, { all: false }, { tag: '' }, { keys: ['a'] }, null, 'users'])
    expect(await through(one.cache.invalidate(selector as never)).catch((error: unknown) => error)).toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
});

// Complaint: An invalidation without effect gives no error. Here it is `pending` while the log is unreachable, and invalid arguments are refused.
test('an unknown option of an invalidation is refused by name', async () => {
  const invalidated = through(one.cache.invalidate({ key: 'users:1' }, { eventID: '1' } as object));
  expect(await invalidated.catch((error: unknown) => error)).toMatchObject({ code: 'INVALID_ARGUMENT' });
});

// Complaint: An invalidation without effect gives no error. Here it is `pending` while the log is unreachable, and invalid arguments are refused.
test('an unknown mode of invalidation is refused and not announced', async () => {
  await cached('users:1');
  const refused = through(one.cache.invalidate({ key: 'users:1' }, { mode: 'purge' } as object));
  expect(await refused.catch((error: unknown) => error)).toMatchObject({ code: 'INVALID_ARGUMENT' });
  expect(await through(other.cache.invalidate({ key: 'after' }))).toMatchObject({ position: 1 });
});

// Complaint: An invalidation without effect gives no error. Here it is `pending` while the log is unreachable, and invalid arguments are refused.
test('an unknown mode in the log counts as the strongest, and later records are applied', async () => {
  await cached('users:1', 'users:2');
  const later = { eventId: 'later', mode: 'purge' as InvalidationMode, knownEpoch: 0 };
  world.log.append({ ...later, selectors: [toToken({ key: 'users:1' })] });
  await world.clock.advance(5_000);
  expect(await left(['users:1', 'users:2'])).toEqual(['users:2']);
  for (const { cache } of [one, other])
    expect((await through(cache.getOrLoadWithOutcome('users:2', () => 'new'))).outcome).toMatchObject({
      outcome: 'hit',
      verified: true,
    });
});
