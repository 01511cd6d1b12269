import { describe, expect, test } from 'vitest';
import type { CacheManager } from '../cache-manager.ts';
import { buildKey } from '../model/key.ts';
import { type SimulatedProcess, type SimulatedWorld, SlowOrigin } from '../testing/index.ts';
import { twoProcesses } from '../testing/two-processes.ts';
import type { InFlightLoad } from './in-flight-loads.ts';
import { bodyOf, type FenceProcesses, MOMENTS, overtake, read } from './testing/fence-scenario.ts';

let world: SimulatedWorld;
let one: SimulatedProcess;
let other: SimulatedProcess;
twoProcesses((begun) => {
  ({ world, one, other } = begun);
});

function two(): FenceProcesses {
  return {
    a: one.cache,
    b: other.cache,
    through: (promise) => world.clock.through(promise),
    until: async (state) => {
      await world.clock.settle();
      if (!state()) throw new Error('expected the state to come about without time passing');
    },
  };
}

describe('the fence', () => {
  for (const moment of MOMENTS) {
    test(`an invalidation of another process ${moment} keeps the old answer from later readers`, async () => {
      const story = await overtake(two(), moment);
      expect([...story.whileLoading, ...story.afterwards].filter((value) => value !== 'new')).toEqual([]);
    });

    test(`an invalidation of a tag that the load adds, ${moment}, keeps the old answer from later readers`, async () => {
      const story = await overtake(two(), moment, { tag: 'project-7' });
      expect([...story.whileLoading, ...story.afterwards].filter((value) => value !== 'new')).toEqual([]);
    });
  }

  test('given a process that cannot read the shared tier, the scenario ends and serves nothing stale', async () => {
    other.cache.switchTier('redis', false);
    const story = await overtake(two(), MOMENTS[2]);
    expect(story.afterwards).toEqual(['new', 'new', 'new']);
  });

  test('an entry that another process filled is not shared with readers that arrive after its tag was invalidated', async () => {
    const origin = new SlowOrigin();
    origin.tags = ['project-7'];
    const key = buildKey({ prefix: 'files', name: 'list', params: null });
    const first = read(other.cache, key, origin);
    await world.clock.settle();
    one.locks.requestMs = () => 50; // so it gets the lock only once the other has filled, and gives it back slowly
    const second = read(one.cache, key, origin);
    await world.clock.settle();
    origin.open('before');
    await world.clock.settle();
    origin.open('after');
    await world.clock.advance(60);
    origin.value = 'new';
    origin.hurry();
    await other.cache.invalidate({ tag: 'project-7' });
    const later = read(one.cache, key, origin);
    expect(bodyOf(await world.clock.through(later))).toBe('new');
    expect(bodyOf(await world.clock.through(first))).toBe('old');
    expect(bodyOf(await world.clock.through(second))).toBe('old');
  });
});

describe('without one of its checks, the fence lets the old answer through', () => {
  test('without the check of invalidations, all readers get the invalidated load', async () => {
    for (const { cache } of [one, other])
      Object.assign(cache.internal.engine.follower.index, { isHitSince: () => false });
    expect((await overtake(two(), MOMENTS[1])).afterwards).toContain('old');
    expect((await overtake(two(), MOMENTS[2])).afterwards).toContain('old');
  });

  test('without the check at joining, a reader that arrives after the invalidation gets the earlier load', async () => {
    joinAnything(one.cache);
    const story = world.clock.through(overtakeWhileJoining());
    expect(await story).toBe('old');
  });

  test('with the check at joining, that reader gets another load', async () => {
    expect(await world.clock.through(overtakeWhileJoining())).toBe('new');
  });

  test('without the end of the lease, a disconnected process serves the old answer as verified', async () => {
    Object.defineProperty(one.cache.internal.engine.follower, 'isCurrent', { get: () => true });
    const { value, verified } = await readWhileCutOff();
    expect({ value, verified }).toEqual({ value: 'old', verified: true });
  });

  test('with the end of the lease, a disconnected process serves only unverified answers up to maxAgeWhenDisconnected', async () => {
    const { value, verified } = await readWhileCutOff();
    expect({ value, verified }).toEqual({ value: 'new', verified: false });
  });

  test('without compare-and-set, a late fill replaces a newer answer', async () => {
    expect(await lateFillKeepsNewer()).toBe(true);
    const connected = world.shared.connect();
    const careless = { ...connected, fill: async (key: string, bytes: Buffer) => world.shared.write(key, bytes) };
    expect(await lateFillKeepsNewer((key, bytes) => careless.fill(key, bytes))).toBe(false);
  });
});

/** A load under way, an invalidation, and a reader who comes after it: what that reader gets. */
async function overtakeWhileJoining(): Promise<unknown> {
  const origin = new SlowOrigin();
  const key = buildKey({ prefix: 'files', name: 'joined', params: null });
  const first = read(one.cache, key, origin);
  await world.clock.settle();
  origin.open('before');
  await world.clock.settle();
  origin.value = 'new';
  await other.cache.invalidate({ prefix: 'files' });
  origin.hurry();
  const later = read(one.cache, key, origin);
  await world.clock.settle();
  origin.open('after');
  await first;
  return bodyOf(await later);
}

function joinAnything(cache: CacheManager): void {
  const { inFlight } = cache.internal.engine;
  const started = new Map<string, InFlightLoad>();
  const start = inFlight.start.bind(inFlight);
  Object.assign(inFlight, {
    start: (...args: Parameters<typeof start>) => {
      const load = start(...args);
      started.set(args[0], load);
      return load;
    },
    joinable: (key: string) => started.get(key),
    mayAnswer: () => true,
  });
}

async function readWhileCutOff(): Promise<{ value: unknown; verified: boolean }> {
  const origin = new SlowOrigin();
  origin.hurry();
  const key = buildKey({ prefix: 'files', name: 'cut-off', params: null });
  await world.clock.through(read(one.cache, key, origin));
  one.durable.cut();
  await world.clock.advance(2_001);
  origin.value = 'new';
  await world.clock.through(other.cache.invalidate({ prefix: 'files' }));
  const { cached, outcome } = await world.clock.through(read(one.cache, key, origin));
  one.durable.mend();
  return { value: bodyOf({ cached, outcome }), verified: outcome.verified };
}

/** A fill stamped before an invalidation arrives after one stamped behind it: whether the newer one is still there. */
async function lateFillKeepsNewer(fill?: (key: string, envelope: Buffer) => Promise<unknown>): Promise<boolean> {
  const origin = new SlowOrigin();
  origin.hurry();
  const key = buildKey({ prefix: 'files', name: 'late', params: fill ? 'careless' : 'careful' });
  await world.clock.through(read(one.cache, key, origin));
  const early = world.shared.read(key) ?? Buffer.alloc(0);
  origin.value = 'new';
  await world.clock.through(other.cache.invalidate({ prefix: 'files' }));
  const { cached } = await world.clock.through(read(other.cache, key, origin));
  await world.clock.settle();
  const newer = world.shared.read(key);
  const stamp = { epoch: cached.epoch, asOf: 0 };
  await world.clock.through(fill ? fill(key, early) : world.shared.connect().fill(key, early, stamp, 60_000));
  return newer !== null && (world.shared.read(key)?.equals(newer) ?? false);
}
