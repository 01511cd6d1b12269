import { AsyncLocalStorage } from 'node:async_hooks';
import { channel, subscribe, tracingChannel, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type SimulatedProcess, SimulatedWorld } from '../testing/index.ts';
import {
  type BackgroundMessage,
  cacheChannels,
  type InvalidateTrace,
  type LoadTrace,
  type LogMessage,
  type OriginMessage,
  type ReadMessage,
  type ReadTrace,
} from './diagnostics.ts';
import { buildKey } from './key.ts';
import { resolvePolicy } from './policy.ts';

const KEY = buildKey({ prefix: 'stats', name: 'n', params: null });
const POLICY = resolvePolicy({ freshFor: '10s', staleFor: 0, jitter: 0 });

let world: SimulatedWorld;
let one: SimulatedProcess;
const undo: (() => void)[] = [];
beforeEach(async () => {
  world = new SimulatedWorld();
  one = await world.process();
});
afterEach(async () => {
  for (const stop of undo.splice(0)) stop();
  await world.close();
});
const through = <Result>(promise: Promise<Result>) => world.clock.through(promise);

/** Collects all messages of a plain channel from now on. */
function messages<Message>(name: string): Message[] {
  const heard: Message[] = [];
  const hear = (message: unknown) => heard.push(message as Message);
  subscribe(name, hear);
  undo.push(() => unsubscribe(name, hear));
  return heard;
}

/** Collects all events of a tracing channel from now on, each with a copy of its object at that moment. */
function events<Trace extends object>(name: string): { event: string; trace: Trace; held: Trace }[] {
  const heard: { event: string; trace: Trace; held: Trace }[] = [];
  for (const event of ['start', 'asyncEnd', 'error']) {
    const hear = (message: unknown) => {
      const trace = message as Trace;
      heard.push({ event, trace, held: { ...trace } });
    };
    subscribe(`tracing:${name}:${event}`, hear);
    undo.push(() => unsubscribe(`tracing:${name}:${event}`, hear));
  }
  return heard;
}

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
    undo.push(() => start.unbindStore(store));
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

describe('invalidations', () => {
  test('each is traced with its selectors and its result', async () => {
    const traced = events<InvalidateTrace>(cacheChannels.invalidate);
    const { epoch, position, receiptMs } = (await through(
      one.cache.invalidate([{ tag: 'film:1' }, { prefix: 'stats' }], { eventId: 'e1' }),
    )) as { epoch: number; position: number; receiptMs: number };
    one.durable.cut();
    await through(one.cache.expire({ key: 'a:1' }, { eventId: 'e2' }));
    one.durable.mend();
    const first = { selectors: ['t:film:1', 'p:stats'], mode: 'invalidate', eventId: 'e1' };
    const second = { selectors: ['k:a:1'], mode: 'expire', eventId: 'e2' };
    const open = { state: null, epoch: null, position: null, receiptMs: null };
    expect(traced.map(({ event, held }) => ({ event, ...held }))).toMatchObject([
      { event: 'start', ...first, ...open },
      { event: 'asyncEnd', ...first, state: 'applied', epoch, position, receiptMs },
      { event: 'start', ...second, ...open },
      { event: 'asyncEnd', ...second, ...open, state: 'pending' },
    ]);
  });
});

describe('the log', () => {
  test('loss of the log, end of the lease, reconnection and a new epoch are each published once', async () => {
    const heard = messages<LogMessage>(cacheChannels.log);
    const { epoch } = one.cache.internal.engine.follower;
    one.durable.cut();
    await world.clock.advance(700);
    expect(heard).toEqual([{ cache: 'default', change: 'unreachable', epoch, applied: 0 }]);
    expect(one.cache.internal.engine.follower.state).toBe('current');
    await world.clock.advance(3_000);
    expect(heard.slice(1)).toEqual([{ cache: 'default', change: 'disconnected', epoch, applied: 0 }]);
    expect(one.cache.internal.engine.follower.state).toBe('disconnected');
    one.durable.mend();
    await world.clock.advance(1_000);
    expect(heard.slice(2)).toEqual([{ cache: 'default', change: 'reachable', epoch, applied: 0 }]);
    expect(one.cache.internal.engine.follower.state).toBe('current');
    world.log.flushAll();
    await world.clock.advance(1_000);
    expect(heard.slice(3)).toEqual([
      { cache: 'default', change: 'epoch', epoch: one.cache.internal.engine.follower.epoch, applied: 0 },
    ]);
    expect(one.cache.internal.engine.follower.epoch).toBeGreaterThan(epoch);
  });

  test('a process that never reached the log is published as disconnected', async () => {
    const heard = messages<LogMessage>(cacheChannels.log);
    const process = world.unstarted();
    process.durable.cut();
    await through(process.cache.start());
    await world.clock.advance(1_000);
    expect(heard).toEqual([{ cache: 'default', change: 'disconnected', epoch: 0, applied: 0 }]);
  });
});

test('an origin’s circuit breaker is published as it opens and closes', async () => {
  const process = await world.process({ origins: { db: { breaker: { failures: 1, openFor: 1_000 } } } });
  const heard = messages<OriginMessage>(cacheChannels.origin);
  const read = (load: () => unknown) => through(process.cache.getOrLoad('a:1', load, { origin: 'db' }));
  await expect(read(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await world.clock.advance(1_000);
  await read(() => 1);
  expect(heard).toEqual(
    ['open', 'half-open', 'closed'].map((breaker) => ({ cache: 'default', origin: 'db', breaker })),
  );
});

test('work that no caller awaits is published when it fails', async () => {
  const heard = messages<BackgroundMessage>(cacheChannels.background);
  world.shared.fail('reject');
  await through(one.cache.getOrLoad('a:1', () => 1));
  await world.clock.settle();
  expect(heard).toEqual([
    { cache: 'default', reason: 'fill', error: expect.objectContaining({ code: 'UNREACHABLE' }) },
  ]);
});

test('given a subscriber that throws, reads succeed and Node raises its error afterwards', async () => {
  const raised: unknown[] = [];
  process.setUncaughtExceptionCaptureCallback((error) => raised.push(error));
  undo.push(() => process.setUncaughtExceptionCaptureCallback(null));
  const broken = new Error('a broken subscriber');
  const fail = () => {
    throw broken;
  };
  for (const { name } of [channel(cacheChannels.read), ...Object.values(tracesOf(cacheChannels.load))]) {
    subscribe(name, fail);
    undo.push(() => unsubscribe(name, fail));
  }
  expect((await through(one.cache.internal.reader.read(KEY, () => 1, POLICY, null))).outcome.outcome).toBe('miss');
  const before = raised.length;
  expect(one.cache.internal.reader.hit(KEY, () => 1, POLICY, null)?.outcome.outcome).toBe('hit');
  expect(raised).toHaveLength(before);
  await world.clock.settle();
  expect(raised).toHaveLength(before + 1);
  expect(new Set(raised)).toEqual(new Set([broken]));
});

function tracesOf(name: string) {
  const { start, end, asyncStart, asyncEnd } = tracingChannel(name);
  return { start, end, asyncStart, asyncEnd };
}

test('each message names its cache, which distinguishes two caches of one process', async () => {
  const names = ['orders', 'prices'] as const;
  const origins = { default: { breaker: { failures: 1 } } };
  const caches = await Promise.all(names.map((name) => world.process({ name, origins })));
  const plain = Object.values(cacheChannels).map((name) => messages<{ cache: string }>(name));
  const traced = [events<LoadTrace>(cacheChannels.load), events<InvalidateTrace>(cacheChannels.invalidate)];
  for (const { cache, durable } of caches) {
    await through(cache.getOrLoad('a:1', () => 1));
    await through(cache.invalidate({ tag: 'a' }));
    world.shared.fail('reject');
    await through(cache.getOrLoad('b:1', () => 1));
    await world.clock.settle();
    world.shared.recover();
    await expect(through(cache.getOrLoad('c:1', () => Promise.reject(new Error('no'))))).rejects.toThrow('no');
    durable.cut();
    await world.clock.advance(1_000);
  }
  const published = [...plain, ...traced.map((all) => all.map(({ held }) => held))].filter((all) => all.length > 0);
  expect(published).toHaveLength(6);
  for (const all of published) {
    const named = all.map(({ cache }) => cache);
    expect([...new Set(named)].filter((name) => name !== 'default')).toEqual(names);
  }
});

test('an empty, overlong or non-text name is rejected', () => {
  for (const name of ['', 'n'.repeat(101), 7 as unknown as string])
    expect(() => world.unstarted({ name })).toThrow('name: expected 1 to 100 characters, got');
});
