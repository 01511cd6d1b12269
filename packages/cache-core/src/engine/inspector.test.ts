import { describe, expect, test } from 'vitest';
import { buildKey } from '../model/key.ts';
import { resolvePolicy } from '../model/policy.ts';
import type { SimulatedProcess, SimulatedWorld } from '../testing/index.ts';
import type { Load } from './load.ts';
import { inspectedProcesses, KEY, POLICY } from './testing/inspected-processes.ts';

let world: SimulatedWorld;
let one: SimulatedProcess;
let other: SimulatedProcess;
const { through, inspect, read } = inspectedProcesses((begun) => {
  ({ world, one, other } = begun);
});
const dependent: Load = (context) => {
  context.tag('film:1', 'film:2');
  context.scope({ time: { from: 100, to: 200 } });
  return 1;
};

describe('inspect of a key', () => {
  test('given no entry, shows null for both tiers and a miss as the next read', async () => {
    expect(await inspect()).toEqual({
      key: KEY,
      memory: null,
      shared: null,
      tiers: { memory: 'on', redis: 'on' },
      log: {
        epoch: one.cache.internal.engine.follower.epoch,
        applied: 0,
        state: 'current',
        lastInvalidated: 0,
        lastExpired: 0,
        matching: [],
      },
      loading: 'nobody',
      backingOffForMs: 0,
      learned: null,
      next: {
        outcome: 'miss',
        tier: null,
        reason: 'absent',
        verified: true,
        waitsFor: null,
        why: 'there is no entry that can be used; it is loaded',
      },
    });
  });

  test('given an entry just loaded, shows it in both tiers with all its fields', async () => {
    await through(one.cache.invalidate({ tag: 'other' }));
    const { cached } = await read(one, dependent);
    const { loadedAt, freshUntil, revalidateUntil, staleUntil, etag } = cached;
    const seen = {
      state: 'fresh',
      hitBy: [],
      epoch: one.cache.internal.engine.follower.epoch,
      asOf: 1,
      loadedAt,
      freshUntil,
      revalidateUntil,
      staleUntil,
      bytes: 1,
      variants: {},
      etag,
      loadMs: 0,
      tags: ['film:1', 'film:2'],
      scope: { time: { from: 100, to: 200 } },
    };
    const { memory, shared, next } = await inspect();
    expect(memory).toEqual(seen);
    expect(shared).toEqual({ ...seen, expiresInMs: 30_000 });
    expect(next).toMatchObject({ outcome: 'hit', tier: 'memory', why: 'fresh in memory' });
    const elsewhere = await inspect(other);
    expect(elsewhere).toMatchObject({ memory: null, shared: seen, next: { outcome: 'hit', tier: 'redis' } });
  });

  test('given a compressed form, shows its bytes for the tier that has it', async () => {
    const { cached } = await read(one, () => 'a'.repeat(2_000));
    await cached.makeVariant('gzip');
    const { memory, shared } = await inspect();
    expect(memory?.variants).toEqual({ gzip: cached.variant('gzip')?.length });
    expect(shared).toMatchObject({ variants: {} });
  });

  test('given invalidations before its load, names the selectors that match it', async () => {
    for (const selector of [{ prefix: 'stats' }, { tag: 'unrelated' }, { tag: 'film:1' }])
      await through(one.cache.invalidate(selector));
    await read(one, dependent);
    const { memory, log } = await inspect();
    expect(memory).toMatchObject({ state: 'fresh', hitBy: [] });
    expect(log.matching).toEqual([
      { mode: 'invalidate', selector: 'p:stats', position: 1 },
      { mode: 'invalidate', selector: 't:film:1', position: 3 },
    ]);
  });

  test.each([
    [0, 'fresh', { outcome: 'hit', reason: null }],
    [9_999, 'fresh', { outcome: 'hit', reason: null }],
    [10_000, 'stale', { outcome: 'stale', reason: 'revalidating' }],
    [14_999, 'stale', { outcome: 'stale', reason: 'revalidating' }],
    [15_000, 'stale', { outcome: 'miss', reason: 'expired' }],
    [29_999, 'stale', { outcome: 'miss', reason: 'expired' }],
    [30_000, 'expired', { outcome: 'miss', reason: 'expired' }],
  ])('%i ms after the load shows the state %s and the next outcome', async (ms, state, next) => {
    await read(one);
    await world.clock.advance(ms);
    expect(await inspect()).toMatchObject({ memory: { state }, next });
  });

  test('given an expired entry, shows it as stale with the matching selector', async () => {
    await read(one, dependent);
    const { position } = (await through(other.cache.expire({ tag: 'film:2' }))) as { position: number };
    expect(await inspect()).toMatchObject({
      memory: { state: 'stale', hitBy: [{ mode: 'expire', selector: 't:film:2', position }] },
      log: { lastInvalidated: 0, lastExpired: position },
      next: { outcome: 'stale', reason: 'revalidating' },
    });
  });
});

describe('inspect of an invalidated entry', () => {
  test.each([
    ['a tag', { tag: 'film:1' }, 't:film:1'],
    ['its prefix', { prefix: 'stats' }, 'p:stats'],
    ['a longer prefix', { prefix: 'stats:n' }, 'p:stats:n'],
    ['its key', { key: KEY }, `k:${KEY}`],
    ['everything', { all: true }, 'a'],
    ['a scope that it meets', { prefix: 'stats', scope: { time: { from: 150, to: 160 } } }, 's:stats'],
  ] as const)('given an invalidation by %s, names the selector in both tiers', async (_, selector, token) => {
    await read(one, dependent);
    await through(other.cache.invalidate({ tag: 'unrelated' }));
    await through(other.cache.invalidate(selector));
    const seen = { state: 'outdated', asOf: 0, hitBy: [{ mode: 'invalidate', selector: token, position: 2 }] };
    expect(await inspect()).toMatchObject({
      memory: seen,
      shared: seen,
      log: { applied: 2, lastInvalidated: 2 },
      next: { outcome: 'miss', reason: 'outdated' },
    });
  });

  test('given a scope that the entry does not meet, shows it as fresh', async () => {
    await read(one, dependent);
    await through(other.cache.invalidate({ prefix: 'stats', scope: { time: { from: 200, to: 300 } } }));
    expect(await inspect()).toMatchObject({ memory: { state: 'fresh', hitBy: [] }, next: { outcome: 'hit' } });
  });

  test('given a new epoch, shows the entry as invalidated without a selector', async () => {
    await read(one, dependent);
    world.log.flushAll();
    await world.clock.advance(1_000);
    const { memory, log, next } = await inspect();
    expect(memory).toMatchObject({ state: 'outdated', hitBy: [] });
    expect(memory?.epoch).toBeLessThan(log.epoch);
    expect(next).toMatchObject({ outcome: 'miss', reason: 'outdated' });
  });

  test('given a forgotten selector, shows (forgotten) with the floor', async () => {
    await read(one, dependent);
    one.cache.internal.engine.follower.index.replace({ floor: 7, lastHits: [] });
    expect((await inspect()).memory).toMatchObject({
      state: 'outdated',
      hitBy: [
        { mode: 'invalidate', selector: '(forgotten)', position: 7 },
        { mode: 'expire', selector: '(forgotten)', position: 7 },
      ],
    });
  });
});

describe('the field loading', () => {
  test('names this process, then another process, then no process', async () => {
    const { promise, resolve } = Promise.withResolvers<number>();
    const reading = one.cache.internal.reader.read(KEY, () => promise, resolvePolicy(POLICY), null);
    await world.clock.settle();
    expect(await inspect(one)).toMatchObject({
      loading: 'this process',
      next: { outcome: 'miss', waitsFor: 'this process' },
    });
    expect(await inspect(other)).toMatchObject({
      loading: 'another process',
      next: { outcome: 'hit', tier: 'redis', waitsFor: 'another process' },
    });
    resolve(1);
    await through(reading);
    await world.clock.settle();
    for (const process of [one, other]) expect((await inspect(process)).loading).toBe('nobody');
  });

  test('given a load from before an invalidation, the next read does not wait for it', async () => {
    const { promise, resolve } = Promise.withResolvers<number>();
    const reading = one.cache.internal.reader.read(KEY, () => promise, resolvePolicy(POLICY), null);
    await world.clock.settle();
    await through(other.cache.invalidate({ prefix: 'stats' }));
    expect(await inspect(one)).toMatchObject({ loading: 'this process', next: { outcome: 'miss', waitsFor: null } });
    expect(await inspect(other)).toMatchObject({ loading: 'nobody', next: { outcome: 'miss', waitsFor: null } });
    resolve(1);
    await through(reading);
  });

  test('is null if the fill lock is unreachable', async () => {
    one.locks.cut();
    expect(await inspect()).toMatchObject({ loading: null, next: { outcome: 'miss', waitsFor: null } });
  });

  test('given a failed load, inspect shows the rest of the back-off', async () => {
    await read(one, () => 1, { ...POLICY, freshFor: '1s' });
    await world.clock.advance(1_000);
    await read(one, () => Promise.reject(new Error('no')));
    await world.clock.settle();
    await world.clock.advance(300);
    expect(await inspect()).toMatchObject({
      backingOffForMs: 700,
      memory: { state: 'stale' },
      next: { outcome: 'stale', reason: 'backing-off' },
    });
  });
});

test('inspect stores, logs, counts and publishes nothing', async () => {
  await read(other, dependent);
  const [counted, logged] = [await through(one.cache.getStats()), one.logged.length];
  const { acquires } = world.lock;
  const stored = world.shared.read(KEY);
  for (let i = 0; i < 100; i++) await inspect(one);
  world.shared.write(KEY, Buffer.from('not an envelope'));
  await inspect(one);
  expect(one.cache.internal.engine.memory.size).toBe(0);
  expect(one.logged).toHaveLength(logged);
  expect(await through(one.cache.getStats())).toEqual(counted);
  expect(world.lock.acquires).toBe(acquires);
  expect(stored).not.toBeNull();
  expect(world.shared.read(KEY)?.toString()).toBe('not an envelope');
});

test('inspect does not count as a hit of the memory tier', async () => {
  const keys = Array.from({ length: 30 }, (_, i) => buildKey({ prefix: 'p', name: 'n', params: i }));
  const survivors = async (look: boolean) => {
    world.shared.evict();
    const process = await world.process({ memoryBytes: 10_000 });
    await through(process.cache.getOrLoad(KEY, () => 1));
    for (const key of keys) {
      if (look) await inspect(process);
      await through(process.cache.getOrLoad(key, () => 1));
    }
    const left: string[] = [];
    process.cache.internal.engine.memory.each(({ key }) => left.push(key));
    return left;
  };
  const without = await survivors(false);
  expect(without).not.toContain(KEY);
  expect(await survivors(true)).toEqual(without);
});
