import { tracingChannel } from 'node:diagnostics_channel';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { cacheChannels, type ReadTrace } from '../model/diagnostics.ts';
import { Unreachable } from '../model/errors.ts';
import { begunWithTwoProcesses } from '../testing/two-processes.ts';
import type { LoadMany } from './batch-load.ts';

const begun = begunWithTwoProcesses();
const { through } = begun;
const KEYS = ['u:1', 'u:2', 'u:3'];
const TEN_SECONDS = { freshFor: '10s', jitter: 0, earlyRefresh: 0 } as const;
let calls: string[][];
beforeEach(() => {
  calls = [];
});
const loadMany: LoadMany<string, string> = async (targets) => {
  calls.push([...targets].sort());
  return targets.map((target) => `new ${target}`);
};
/** Stores a value by the other process, so that only the shared tier has it for this one. */
const store = (key: string) => through(begun.other.cache.getOrLoad(key, () => `old ${key}`, TEN_SECONDS));
const requests = async (work: () => Promise<unknown>) => {
  const { asks, gets } = begun.world.shared;
  await work();
  return { asks: begun.world.shared.asks - asks, gets: begun.world.shared.gets - gets };
};

test('a batch counts each key once, with the tier that answered it', async () => {
  await store('u:1');
  await store('u:2');
  await through(begun.one.cache.getOrLoad('u:1', () => 'unused'));
  const reads = begun.one.cache.getOrLoadManyWithOutcome([...KEYS, 'u:1'], loadMany, TEN_SECONDS);
  const tiers = (await through(reads)).map(({ outcome }) => `${outcome.outcome} ${outcome.tier}`);
  expect(tiers).toEqual(['hit memory', 'hit redis', 'miss null', 'hit memory']);
  const { hits, misses } = await through(begun.one.cache.getStats());
  expect([hits, misses]).toEqual([3, 1]);
});

describe('given a stale entry in the shared tier, one lookup is enough', () => {
  beforeEach(async () => {
    for (const key of KEYS) await store(key);
    await begun.world.clock.advance(11_000);
    begun.one.locks.requestMs = () => 10; // the reload looks again, once it has its lock
  });

  test('for a batch, which serves it and reloads all keys together', async () => {
    const stale = () => through(begun.one.cache.getOrLoadMany(KEYS, loadMany, TEN_SECONDS));
    expect(await requests(async () => expect(await stale()).toEqual(KEYS.map((key) => `old ${key}`)))).toEqual({
      asks: 1,
      gets: 3,
    });
    await begun.world.clock.advance(50);
    expect(calls).toEqual([KEYS]);
  });

  test('for a single read', async () => {
    const stale = () => through(begun.one.cache.getOrLoad('u:1', () => 'new', TEN_SECONDS));
    expect(await requests(async () => expect(await stale()).toBe('old u:1'))).toEqual({ asks: 1, gets: 1 });
  });
});

test('an entry of the shared tier that is due is reloaded with the missing keys', async () => {
  const { one, other, world } = begun;
  const slow = async () => {
    await world.clock.sleep(500);
    return 'old u:1';
  };
  await through(other.cache.getOrLoad('u:1', slow, TEN_SECONDS));
  const answers = await through(one.cache.getOrLoadManyWithOutcome(KEYS, loadMany, { freshFor: '10s', jitter: 0 }));
  expect(answers.map(({ value, outcome }) => [value, outcome.reason])).toEqual([
    ['old u:1', 'early-refresh'],
    ['new u:2', 'absent'],
    ['new u:3', 'absent'],
  ]);
  expect(calls).toEqual([KEYS]);
});

test('given an invalidation applied during the lookup, a batch loads that key only', async () => {
  const { one, other, world } = begun;
  for (const key of KEYS) await store(key);
  one.shared.replyMs = () => 40;
  const batch = one.cache.getOrLoadMany(KEYS, loadMany, TEN_SECONDS);
  await world.clock.settle();
  await through(other.cache.invalidate({ key: 'u:2' }));
  expect(await through(batch)).toEqual(['old u:1', 'new u:2', 'old u:3']);
  expect(calls).toEqual([['u:2']]);
});

test('a single read joins the lookup of a batch, and a batch that of a single read', async () => {
  const { one } = begun;
  for (const key of KEYS) await store(key);
  const single = (key: string) => one.cache.getOrLoad(key, () => 'new', TEN_SECONDS);
  one.shared.replyMs = () => 40;
  const asked = await requests(async () => {
    const first = single('u:1');
    const batch = one.cache.getOrLoadMany(KEYS, loadMany, TEN_SECONDS);
    const last = single('u:3');
    expect(await through(Promise.all([first, batch, last]))).toEqual([
      'old u:1',
      KEYS.map((key) => `old ${key}`),
      'old u:3',
    ]);
  });
  expect(asked).toEqual({ asks: 2, gets: 3 });
});

test.each([true, false])(
  'given a tier with getMany: %s, a batch finds damaged, missing and fresh entries',
  async (has) => {
    const { world } = begun;
    await store('u:1');
    world.shared.write('u:2', Buffer.from('damaged'));
    const { getMany, ...single } = world.shared.connect();
    const shared = has ? { ...single, ...(getMany && { getMany }) } : single;
    const { cache } = await world.process({ ports: { shared } });
    expect(await through(cache.getOrLoadMany(KEYS, loadMany, TEN_SECONDS))).toEqual(['old u:1', 'new u:2', 'new u:3']);
    expect(calls).toEqual([['u:2', 'u:3']]);
  },
);

test('given a tier whose batch rejects, a batch loads its keys', async () => {
  const { world } = begun;
  await store('u:1');
  const shared = { ...world.shared.connect(), getMany: () => Promise.reject(new Unreachable('it')) };
  const { cache } = await world.process({ ports: { shared } });
  expect(await through(cache.getOrLoadMany(KEYS, loadMany, TEN_SECONDS))).toEqual(KEYS.map((key) => `new ${key}`));
});

test('a traced batch has one trace for each key', async () => {
  await store('u:1');
  const traced: string[] = [];
  const channel = tracingChannel<ReadTrace>(cacheChannels.read);
  const subscriber = {
    start: (trace: object) => void traced.push((trace as ReadTrace).key),
    end: () => undefined,
    asyncStart: () => undefined,
    asyncEnd: () => undefined,
    error: () => undefined,
  };
  channel.subscribe(subscriber);
  onTestFinished(() => void channel.unsubscribe(subscriber));
  await through(begun.one.cache.getOrLoadMany(KEYS, loadMany, TEN_SECONDS));
  expect(traced).toEqual(KEYS);
});
