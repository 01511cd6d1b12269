import { AsyncLocalStorage } from 'node:async_hooks';
import { tracingChannel } from 'node:diagnostics_channel';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { SimulatedProcess, SimulatedWorld } from '../testing/index.ts';
import { cacheChannels, type LoadTrace, type ReadMessage, type ReadTrace } from './diagnostics.ts';
import { buildKey } from './key.ts';
import { resolvePolicy } from './policy.ts';
import { events, messages } from './testing/heard.ts';
import { KEY, oneProcess, POLICY } from './testing/one-process.ts';

let world: SimulatedWorld;
let one: SimulatedProcess;
oneProcess((begun) => {
  ({ world, one } = begun);
});
const through = <Result>(promise: Promise<Result>) => world.clock.through(promise);

describe('reads', () => {
  test('each is published once with its outcome, a memory hit as not awaited', async () => {
    const heard = messages<ReadMessage>(cacheChannels.read);
    const missed = await through(one.cache.internal.reader.read(KEY, () => 1, POLICY, null));
    const hit = one.cache.internal.reader.hit(KEY, () => 1, POLICY, null);
    await through(one.cache.internal.reader.bypass(KEY, () => 2, POLICY));
    expect(heard).toEqual([
      { cache: 'default', key: KEY, prefix: 'stats', outcome: missed.outcome, durationMs: 0, awaited: true },
      { cache: 'default', key: KEY, prefix: 'stats', outcome: hit?.outcome, durationMs: 0, awaited: false },
      {
        cache: 'default',
        key: KEY,
        prefix: 'stats',
        outcome: expect.objectContaining({ outcome: 'bypass' }),
        durationMs: 0,
        awaited: true,
      },
    ]);
    expect(heard.map(({ outcome }) => outcome.outcome)).toEqual(['miss', 'hit', 'bypass']);
  });

  test('the first 200 memory hits are timed, and of 528 more 32 at irregular intervals', async () => {
    await through(one.cache.internal.reader.read(KEY, () => 1, POLICY, null));
    const heard = messages<ReadMessage>(cacheChannels.read);
    const timed = () => heard.filter(({ durationMs }) => durationMs !== null).length;
    const hit = () => one.cache.internal.reader.hit(KEY, () => 1, POLICY, null);
    for (let i = 0; i < 200; i++) hit();
    expect(timed()).toBe(200);
    for (let i = 0; i < 528; i++) hit();
    expect(timed()).toBe(232);
  });

  test('a key of one segment has no prefix', async () => {
    const heard = messages<ReadMessage>(cacheChannels.read);
    await through(one.cache.getOrLoad('lonely', () => 1));
    expect(heard.map(({ prefix }) => prefix)).toEqual([null]);
  });

  test('an awaited read is traced by one object from before its load to its outcome, a memory hit is not traced', async () => {
    const reads = events<ReadTrace>(cacheChannels.read);
    const loads = events<LoadTrace>(cacheChannels.load);
    const order: string[] = [];
    const load = () => {
      order.push(...reads.map(({ event }) => `read ${event}`), ...loads.map(({ event }) => `load ${event}`));
      return 1;
    };
    await through(one.cache.internal.reader.read(KEY, load, POLICY, null));
    one.cache.internal.reader.hit(KEY, load, POLICY, null);
    expect(order).toEqual(['read start', 'load start']);
    expect(reads.map(({ event, held }) => [event, held.outcome?.outcome])).toEqual([
      ['start', undefined],
      ['asyncEnd', 'miss'],
    ]);
    expect(new Set(reads.map(({ trace }) => trace)).size).toBe(1);
  });

  test('a failed read is traced with its error and not published as answered', async () => {
    const heard = messages<ReadMessage>(cacheChannels.read);
    const reads = events<ReadTrace>(cacheChannels.read);
    const error = new Error('no');
    await expect(through(one.cache.internal.reader.read(KEY, () => Promise.reject(error), POLICY, null))).rejects.toBe(
      error,
    );
    expect(reads.map(({ event, held }) => [event, held.error, held.outcome])).toEqual([
      ['start', undefined, null],
      ['error', error, null],
      ['asyncEnd', error, null],
    ]);
    expect(heard).toEqual([]);
  });
});

describe('loads', () => {
  test('each is traced with origin, stamp, load time and, separately, its wait for a permit', async () => {
    const process = await world.process({ origins: { db: { concurrency: 1 } } });
    const loads = events<LoadTrace>(cacheChannels.load);
    const policy = resolvePolicy({ origin: 'db' });
    const slow = () => world.clock.sleep(30).then(() => 1);
    const other = buildKey({ prefix: 'files', name: 'n', params: null });
    const [, second] = await through(
      Promise.all([
        process.cache.internal.reader.read(KEY, slow, policy, null),
        process.cache.internal.reader.read(other, slow, policy, null),
      ]),
    );
    const ended = loads.filter(({ event }) => event === 'asyncEnd').map(({ held }) => held);
    const { epoch, asOf } = second.cached;
    expect(ended).toMatchObject([
      { keys: [KEY], prefix: 'stats', origin: 'db', waitedMs: 0, loadMs: 30 },
      { keys: [other], prefix: 'files', origin: 'db', waitedMs: 30, loadMs: 30, stamp: { epoch, asOf } },
    ]);
    expect(loads.filter(({ event }) => event === 'start').map(({ held }) => held.stamp)).toEqual([null, null]);
  });

  test('a load that times out is traced with the timeout, a rejected load as not begun', async () => {
    const process = await world.process({ origins: { default: { concurrency: 1, maxWaiting: 0 } } });
    const loads = events<LoadTrace>(cacheChannels.load);
    const policy = resolvePolicy({ hardTimeout: 500 });
    const never = () => new Promise(() => undefined);
    const other = buildKey({ prefix: 'files', name: 'n', params: null });
    const settled = await through(
      Promise.allSettled([
        process.cache.internal.reader.read(KEY, never, policy, null),
        process.cache.internal.reader.read(other, never, policy, null),
      ]),
    );
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const failed = loads.filter(({ event }) => event === 'asyncEnd').map(({ held }) => held);
    expect(failed).toMatchObject([
      { keys: [other], stamp: null, waitedMs: null, loadMs: null, error: { code: 'ORIGIN_OVERLOADED' } },
      { keys: [KEY], waitedMs: 0, loadMs: 500, error: { code: 'LOAD_TIMED_OUT' } },
    ]);
  });

  test('the keys of one batch are traced as one load', async () => {
    const loads = events<LoadTrace>(cacheChannels.load);
    const keys = ['a:1', 'a:2', 'a:3'];
    await through(one.cache.getOrLoadMany(keys, async (missing) => missing.map(() => 1)));
    expect(loads.map(({ event, held }) => [event, held.keys])).toEqual([
      ['start', keys],
      ['asyncEnd', keys],
    ]);
    expect(loads.at(-1)?.held.stamp).toEqual(one.cache.internal.engine.follower.stamp);
  });

  test('a load runs in the async context of its read, also after waiting for the end of another load', async () => {
    const process = await world.process({ origins: { default: { concurrency: 1 } } });
    const store = new AsyncLocalStorage<ReadTrace>();
    const { start } = tracingChannel(cacheChannels.read);
    start.bindStore(store, (trace) => trace as ReadTrace);
    onTestFinished(() => void start.unbindStore(store));
    const seen: unknown[] = [];
    const load = async () => {
      seen.push(store.getStore()?.key);
      await world.clock.sleep(5);
      seen.push(store.getStore()?.key);
      return 1;
    };
    const keys = [1, 2, 3].map((params) => buildKey({ prefix: 'p', name: 'n', params }));
    await through(Promise.all(keys.map((key) => process.cache.internal.reader.read(key, load, POLICY, null))));
    expect(seen).toEqual(keys.flatMap((key) => [key, key]));
    expect(store.getStore()).toBeUndefined();
  });
});
