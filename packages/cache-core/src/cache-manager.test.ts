import { expect, test } from 'vitest';
import { CacheManager } from './cache-manager.ts';
import { buildKey, parseKey } from './model/key.ts';
import { silentLogger } from './model/logger.ts';
import { resolvePolicy } from './model/policy.ts';
import { record } from './ports/testing/log-under-test.ts';
import { singleProcess } from './single-process/single-process.ts';
import type { SimulatedProcess, SimulatedWorld } from './testing/index.ts';
import { twoProcesses } from './testing/two-processes.ts';

let world: SimulatedWorld;
let one: SimulatedProcess;
let other: SimulatedProcess;
twoProcesses((begun) => {
  ({ world, one, other } = begun);
});
const through = <Result>(promise: Promise<Result>) => world.clock.through(promise);

test.each([null, false, 0, '', [], { a: 1 }])('%j is a value: after a set every process finds it', async (value) => {
  expect(await through(one.cache.set('user:1', value, 60))).toBe(true);
  expect(await through(one.cache.get('user:1'))).toEqual(value);
  expect(await through(other.cache.get('user:1'))).toEqual(value);
  let loads = 0;
  expect(await through(other.cache.getOrLoad('user:1', () => ++loads))).toEqual(value);
  expect(loads).toBe(0);
});

test('a read before start is logged once with the call to make', async () => {
  const lines: string[] = [];
  const logger = { ...silentLogger, warn: (line: string) => void lines.push(line) };
  const cache = new CacheManager({ ports: singleProcess(), logger });
  for (const key of ['a', 'b']) await cache.getOrLoad(key, () => 1);
  await cache.get('c');
  expect(lines).toEqual([expect.stringMatching(/^cache default: read before start\(\).*`await cache\.start\(\)`/)]);
  await cache.start();
  await cache.getOrLoad('d', () => 1);
  expect(lines).toHaveLength(1);
  await cache.close();
});

test('a missing key reads as undefined, and a stored undefined is present', async () => {
  expect(await through(one.cache.get('user:1'))).toBeUndefined();
  expect(await through(one.cache.has('user:1'))).toBe(false);
  await through(one.cache.set('user:1', undefined));
  expect(await through(other.cache.has('user:1'))).toBe(true);
  expect(await through(other.cache.getOrLoad('user:1', () => 'loaded'))).toBeUndefined();
});

test('callers share a deeply frozen value, which none of them can change', async () => {
  const load = () => ({ list: [1] });
  const [first, second] = await through(
    Promise.all([one.cache.getOrLoad('a:1', load), one.cache.getOrLoad('a:1', load)]),
  );
  expect(() => (first.list as number[]).push(2)).toThrow(TypeError);
  expect(second).toBe(first);
  expect(await through(one.cache.getOrLoad('a:1', load))).toEqual({ list: [1] });
});

test('a value expires after its lifetime', async () => {
  await through(one.cache.set('user:1', 'x', 10));
  await world.clock.advance(9_999);
  expect(await through(other.cache.get('user:1'))).toBe('x');
  await world.clock.advance(1);
  expect([await through(one.cache.get('user:1')), await through(other.cache.get('user:1'))]).toEqual([
    undefined,
    undefined,
  ]);
});

test('every process sees the last of many sets', async () => {
  for (let i = 0; i < 20; i++) {
    await through((i % 2 ? one : other).cache.set('user:1', i, 60));
    expect([await through(one.cache.get('user:1')), await through(other.cache.get('user:1'))]).toEqual([i, i]);
  }
});

test('a load that began before a set cannot overwrite it, on any process', async () => {
  for (const loading of [one, other]) {
    const { promise, resolve } = Promise.withResolvers<string>();
    const slow = loading.cache.getOrLoad('user:1', () => promise);
    await world.clock.settle();
    await through(one.cache.set('user:1', 'set', 60));
    resolve('loaded before');
    expect(await through(slow)).toBe('loaded before');
    expect([await through(one.cache.get('user:1')), await through(other.cache.get('user:1'))]).toEqual(['set', 'set']);
    await through(one.cache.delete('user:1'));
  }
});

test('a load that begins between the announcement of a set and its end cannot overwrite it in any tier', async () => {
  other.durable.replyMs = () => 40; // one receives the position at once, the setter gets the receipt later
  const gate = Promise.withResolvers<string>();
  const setting = other.cache.set('user:1', 'set', 60);
  await world.clock.advance(20);
  const slow = one.cache.getOrLoad('user:1', () => gate.promise);
  expect(await through(setting)).toBe(true);
  gate.resolve('loaded meanwhile');
  await through(slow);
  await world.clock.advance(100);
  one.cache.switchTier('memory', false);
  expect([await through(one.cache.get('user:1')), await through(other.cache.get('user:1'))]).toEqual(['set', 'set']);
});

test('a value that is invalidated while its set waits for the receipt is stored in no tier', async () => {
  other.durable.replyMs = () => 40; // the receipt of the set waits for this process
  const setting = one.cache.set('user:1', 'set', 60);
  await world.clock.settle();
  await world.log.connect().append(record(['k:user:1']));
  expect(await through(setting)).toBe(true);
  expect(one.cache.internal.engine.follower.stamp.asOf).toBe(2);
  expect([one.cache.internal.engine.memory.peek(parseKey('user:1')), world.shared.read('user:1')]).toEqual([
    undefined,
    null,
  ]);
});

test('after the lifetime of a set value a load replaces it', async () => {
  await through(one.cache.set('user:1', 'set', 60));
  await world.clock.advance(60_000);
  const load = (value: string) => through(one.cache.getOrLoad('user:1', () => value));
  expect([await load('loaded'), await load('loaded again')]).toEqual(['loaded', 'loaded']);
  expect(await through(other.cache.get('user:1'))).toBe('loaded');
});

test('a load that began before a delete cannot restore the value, and delete returns whether it was present', async () => {
  await through(one.cache.set('user:1', 1, 60));
  expect(await through(other.cache.delete('user:1'))).toBe(true);
  expect(await through(other.cache.delete('user:1'))).toBe(false);
  const { promise, resolve } = Promise.withResolvers<string>();
  const slow = one.cache.getOrLoad('user:1', () => promise);
  await world.clock.settle();
  await through(other.cache.delete('user:1'));
  resolve('deleted');
  await through(slow);
  expect([await through(one.cache.get('user:1')), await through(other.cache.get('user:1'))]).toEqual([
    undefined,
    undefined,
  ]);
});

test('clearing a pattern invalidates its keys on every process and returns the number of removed keys', async () => {
  for (const key of ['files:a', 'files:b', 'files2:c']) await through(one.cache.set(key, key, 60));
  for (const key of ['files:a', 'files2:c']) await through(other.cache.get(key));
  expect(await through(one.cache.dryRun({ prefix: 'files' }))).toEqual({ memory: 2, shared: 2 });
  expect(await through(one.cache.clearPattern('files:*'))).toBe(2);
  expect(one.logged).toContain('info Invalidated 2 cache keys with pattern: files:*');
  expect(await through(other.cache.get('files:a'))).toBeUndefined();
  expect(await through(other.cache.get('files2:c'))).toBe('files2:c');
  expect(await through(one.cache.clearPattern('*'))).toBe(1);
  await expect(one.cache.clearPattern('fi*')).rejects.toThrow('pattern: expected');
});

test('a cleared pattern without keys logs no number', async () => {
  expect(await through(one.cache.clearPattern('files:*'))).toBe(0);
  expect(one.logged.filter((line) => line.includes('cache keys with pattern'))).toEqual([]);
});

test('with the shared tier unreachable, set, get, delete and clear still work', async () => {
  for (const mode of ['reject', 'hang'] as const) {
    world.shared.fail(mode);
    expect(await through(one.cache.set('files:a', 1, 60))).toBe(true);
    expect(await through(one.cache.get('files:a'))).toBe(1);
    expect(await through(other.cache.get('files:a'))).toBeUndefined();
    expect(await through(one.cache.delete('files:a'))).toBe(true);
    await through(one.cache.set('files:a', 1, 60));
    expect(await through(one.cache.clearPattern('files:*'))).toBe(1);
    world.shared.recover();
  }
});

test('a set that fails for a reason other than an unreachable server is logged', async () => {
  const shared = { ...world.shared.connect(), fill: () => Promise.reject(new Error('a fault of the tier')) };
  const faulty = await world.process({ ports: { shared } });
  expect(await through(faulty.cache.set('files:a', 1, 60))).toBe(true);
  expect(faulty.logged).toContain('error storing files:a in the shared tier failed: Error: a fault of the tier');
});

test('with the log unreachable a set stores nothing and returns false', async () => {
  await through(one.cache.set('user:1', 'before', 60));
  one.durable.cut();
  expect(await through(one.cache.set('user:1', 'after', 60))).toBe(false);
  expect(await through(other.cache.get('user:1'))).toBe('before');
});

test('warming loads keys with too little fresh time once over all processes, and readers then hit', async () => {
  const key = buildKey({ prefix: 'stats', name: 'get', params: null });
  const policy = resolvePolicy({ freshFor: '60s', jitter: 0 });
  let loads = 0;
  const load = () => ++loads;
  const warm = () => Promise.all([one, other].map(({ cache }) => cache.warm(key, load, policy, 10_000)));
  expect((await through(warm())).filter(Boolean)).toHaveLength(1);
  expect(await through(warm())).toEqual([false, false]);
  await world.clock.advance(51_000);
  expect((await through(warm())).filter(Boolean)).toHaveLength(1);
  expect(loads).toBe(2);
  const { outcome } = await through(other.cache.internal.reader.read(key, load, policy, null));
  expect([outcome.outcome, loads]).toEqual(['hit', 2]);
});

test('a bypass calls the origin and stores nothing', async () => {
  const key = buildKey({ prefix: 'stats', name: 'get', params: null });
  const { outcome } = await through(one.cache.internal.reader.bypass(key, () => 1, resolvePolicy()));
  expect(outcome).toMatchObject({ outcome: 'bypass', stored: false });
  expect(await through(one.cache.get(key))).toBeUndefined();
});

test('counts are summed over all processes, and a reset clears them for all', async () => {
  await through(one.cache.getOrLoad('stats:a', () => 1));
  await through(one.cache.getOrLoad('stats:a', () => 1));
  await through(other.cache.getOrLoad('stats:a', () => 1));
  await through(other.cache.getOrLoad('no prefix', () => 1));
  await world.clock.advance(300);
  const stats = await through(other.cache.getStats());
  expect(stats).toMatchObject({ hits: 2, misses: 2, total_requests: 4, hit_rate_percent: 50 });
  expect(Object.keys(stats.endpoints)).toEqual(['(none)', 'stats']);
  await through(one.cache.resetStats());
  expect(await through(other.cache.getStats())).toMatchObject({ total_requests: 0, hit_rate_percent: 0 });
});

test('hits and misses are logged with the promised lines', async () => {
  await through(one.cache.getOrLoad('stats:a', () => 1));
  await through(one.cache.getOrLoad('stats:a', () => 1));
  expect(one.logged.filter((line) => line.startsWith('debug'))).toEqual([
    'debug Cache MISS: stats:a',
    'debug Cache HIT: stats:a',
  ]);
});

test('closing waits for running work before it closes the ports, and logs no error', async () => {
  let closed = false;
  const close = async () => {
    closed = true;
  };
  const closing = await world.process({ ports: { close } });
  const { promise, resolve } = Promise.withResolvers<number>();
  const read = closing.cache.getOrLoad('stats:slow', () => promise);
  await world.clock.settle();
  resolve(1);
  await read;
  await through(closing.cache.close());
  expect(closed).toBe(true);
  expect(world.shared.read('stats:slow')).not.toBeNull();
  expect((await through(one.cache.getStats())).misses).toBe(1);
  expect(closing.logged.filter((line) => line.startsWith('error'))).toEqual([]);
});

test('a lease below the minimum or above the limit of the log is rejected', () => {
  expect(() => world.unstarted({ lease: 50 })).toThrow('lease: expected 100 to 1000 ms, got 50');
  expect(() => world.unstarted({ lease: '2s' })).toThrow('lease: expected 100 to 1000 ms, got 2000');
});
