import { expect, test } from 'vitest';
import { buildKey } from '../model/key.ts';
import { resolvePolicy } from '../model/policy.ts';
import type { SimulatedProcess, SimulatedWorld } from '../testing/index.ts';
import { twoProcesses } from '../testing/two-processes.ts';

const KEY = buildKey({ prefix: 'stats', name: 'n', params: null });
const POLICY = resolvePolicy();
const RECIPE = { prefix: 'stats', name: 'n', params: null };

let world: SimulatedWorld;
let one: SimulatedProcess;
let other: SimulatedProcess;
twoProcesses((begun) => {
  ({ world, one, other } = begun);
});
const through = <Result>(promise: Promise<Result>) => world.clock.through(promise);
const read = ({ cache }: SimulatedProcess) => through(cache.internal.reader.read(KEY, () => 1, POLICY, RECIPE));

test('stats include counts of all processes, unflushed ones of this process included', async () => {
  await read(one);
  await world.clock.advance(1_000);
  await read(other);
  expect(await through(other.cache.getStats())).toMatchObject({ over: 'all processes', hits: 1, misses: 1 });
});

test('with the store unreachable, stats are those of this process and no count is lost', async () => {
  await read(other);
  await world.clock.advance(1_000);
  one.durable.cut();
  await read(one);
  await read(one);
  const stats = await through(one.cache.getStats());
  expect(stats).toMatchObject({ over: 'this process', hits: 2, misses: 0, total_requests: 2 });
  await world.clock.advance(2_000);
  expect(await through(one.cache.getStats())).toEqual(stats);
  one.durable.mend();
  await world.clock.advance(2_000);
  expect(await through(one.cache.getStats())).toMatchObject({ over: 'all processes', hits: 2, misses: 1 });
});

test('a read without an answer counts as a failure only', async () => {
  const failing = () => Promise.reject(new Error('no'));
  for (let i = 0; i < 3; i++)
    await through(one.cache.internal.reader.read(KEY, failing, POLICY, RECIPE)).catch(() => undefined);
  const stats = await through(other.cache.getStats());
  await world.clock.advance(1_000);
  expect(stats.total_requests).toBe(0);
  expect((await through(other.cache.getStats())).endpoints['stats']).toMatchObject({ failures: 3, hits: 0, misses: 0 });
});

test('a store that rejects counts is logged once, and reads still work', async () => {
  const refusing = () => Promise.reject(new Error('WRONGTYPE'));
  const counters = { add: refusing, read: refusing, reset: refusing };
  const process = await world.process({ ports: { counters } });
  await read(process);
  await world.clock.advance(5_000);
  expect(await through(process.cache.getStats())).toMatchObject({ over: 'this process', total_requests: 1 });
  expect(process.logged.filter((line) => line.startsWith('error'))).toEqual([expect.stringContaining('WRONGTYPE')]);
});

test('with the store unreachable, many callers get stats within a bounded time', async () => {
  one.durable.cut();
  await read(one);
  const asked = world.clock.monotonic();
  await through(Promise.all(Array.from({ length: 100 }, () => one.cache.getStats())));
  expect(world.clock.monotonic() - asked).toBeLessThanOrEqual(750);
});

test('counts in flight to the store during a reset do not come back', async () => {
  await read(one);
  one.durable.losesReply = () => true;
  await world.clock.advance(260);
  one.durable.losesReply = () => false;
  await through(one.cache.resetStats());
  await world.clock.advance(1_000);
  expect(await through(other.cache.getStats())).toMatchObject({ total_requests: 0 });
});

test('demand is recorded for reads with a recipe, and not for a bypass', async () => {
  await read(one);
  await through(one.cache.internal.reader.read(buildKey({ prefix: 'a', name: 'n', params: 1 }), () => 1, POLICY, null));
  await through(one.cache.internal.reader.bypass(buildKey({ prefix: 'b', name: 'n', params: 1 }), () => 1, POLICY));
  await world.clock.advance(1_000);
  expect(await through(one.cache.hotKeys(10, ['stats', 'a', 'b']))).toMatchObject([{ key: KEY, recipe: RECIPE }]);
});

test('a read is one debug line, and none below that level', async () => {
  await read(one);
  await read(one);
  await through(one.cache.internal.reader.bypass(KEY, () => 1, POLICY));
  expect(one.logged.filter((line) => /Cache (HIT|MISS)/.test(line))).toEqual([
    `debug Cache MISS: ${KEY}`,
    `debug Cache HIT: ${KEY}`,
  ]);
  const lines: string[] = [];
  const note = (line: unknown) => lines.push(String(line));
  const logger = { debug: note, info: () => undefined, warn: note, error: note, isLevelEnabled: () => false };
  await read(await world.process({ logger }));
  expect(lines).toEqual([]);
});
