import { channel, subscribe, tracingChannel, unsubscribe } from 'node:diagnostics_channel';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { SimulatedProcess, SimulatedWorld } from '../testing/index.ts';
import {
  type BackgroundMessage,
  cacheChannels,
  type InvalidateTrace,
  type LoadTrace,
  type LogMessage,
  type OriginMessage,
} from './diagnostics.ts';
import { events, messages } from './testing/heard.ts';
import { KEY, oneProcess, POLICY } from './testing/one-process.ts';

let world: SimulatedWorld;
let one: SimulatedProcess;
oneProcess((begun) => {
  ({ world, one } = begun);
});
const through = <Result>(promise: Promise<Result>) => world.clock.through(promise);

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
  onTestFinished(() => process.setUncaughtExceptionCaptureCallback(null));
  const broken = new Error('a broken subscriber');
  const fail = () => {
    throw broken;
  };
  for (const { name } of [channel(cacheChannels.read), ...Object.values(tracesOf(cacheChannels.load))]) {
    subscribe(name, fail);
    onTestFinished(() => void unsubscribe(name, fail));
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
