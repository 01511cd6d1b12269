import { expect, test } from 'vitest';
import { resolvePolicy } from '../model/policy.ts';
import { KEY, OTHER, POLICY } from './testing/telemetry.ts';
import { type TelemetryWorld, telemetryWorld } from './testing/telemetry-world.ts';

let world: TelemetryWorld['world'];
let one: TelemetryWorld['one'];
let telemetry: TelemetryWorld['telemetry'];
let through: TelemetryWorld['through'];
telemetryWorld((begun) => {
  ({ world, one, telemetry, through } = begun);
});

test('reads are counted by outcome, memory hits included', async () => {
  telemetry.instrument();
  const other = await world.process();
  await through(one.cache.internal.reader.read(KEY, () => 1, POLICY, null));
  for (let i = 0; i < 240; i++) one.cache.internal.reader.hit(KEY, () => 1, POLICY, null);
  await through(other.cache.internal.reader.read(KEY, () => 1, POLICY, null));
  await through(one.cache.internal.reader.bypass(OTHER, () => 1, POLICY));
  const verified = { verified: true };
  const reads = await telemetry.points('reads');
  expect(reads).toHaveLength(4);
  expect(reads).toEqual(
    expect.arrayContaining([
      { value: 1, attributes: { name: 'default', prefix: 'stats', outcome: 'miss', reason: 'absent', ...verified } },
      { value: 240, attributes: { name: 'default', prefix: 'stats', outcome: 'hit', tier: 'memory', ...verified } },
      { value: 1, attributes: { name: 'default', prefix: 'stats', outcome: 'hit', tier: 'redis', ...verified } },
      { value: 1, attributes: { name: 'default', prefix: 'files', outcome: 'bypass', ...verified } },
    ]),
  );
  const timed = (await telemetry.points('read.duration')).map(({ value, attributes }) => [
    attributes['tier'],
    (value as { count: number }).count,
  ]);
  expect(new Map(timed as [string, number][]).get('memory')).toBe(203);
});

test('given many prefixes and error types, the number of series is bounded and none names a key', async () => {
  telemetry.instrument();
  for (let i = 0; i < 300; i++) {
    await through(one.cache.getOrLoad(`user-${i}:secret-${i}`, () => 1));
    const odd = Object.assign(new Error('no'), { name: `Error${i}` });
    await through(one.cache.getOrLoad(`broken:${i}`, () => Promise.reject(odd))).catch(() => undefined);
  }
  const reads = await telemetry.points('reads');
  expect(reads.length).toBeLessThanOrEqual(101);
  expect(reads.find(({ attributes }) => attributes['prefix'] === '(other)')?.value).toBeGreaterThan(200);
  const failures = await telemetry.points('load.failures');
  expect(failures.length).toBeLessThanOrEqual(21);
  expect(JSON.stringify(await telemetry.metrics())).not.toContain('secret');
});

test('loads are timed in seconds, with separate metrics for wait and failures', async () => {
  const process = await world.process({ origins: { db: { concurrency: 1 } } });
  telemetry.instrument();
  const slow = () => world.clock.sleep(500).then(() => 1);
  const policy = resolvePolicy({ origin: 'db', hardTimeout: 200 });
  const patient = resolvePolicy({ origin: 'db' });
  await through(
    Promise.allSettled([
      process.cache.internal.reader.read(KEY, slow, policy, null),
      process.cache.internal.reader.read(OTHER, slow, patient, null),
    ]),
  );
  const load = { value: expect.objectContaining({ count: 1 }) };
  expect(await telemetry.points('load.duration')).toMatchObject([
    {
      ...load,
      value: { sum: 0.2 },
      attributes: { name: 'default', prefix: 'stats', origin: 'db', 'error.type': 'LOAD_TIMED_OUT' },
    },
    { ...load, value: { sum: 0.5 }, attributes: { name: 'default', prefix: 'files', origin: 'db' } },
  ]);
  expect(await telemetry.points('load.wait')).toMatchObject([
    { value: { count: 2, sum: 0.2 }, attributes: { name: 'default', origin: 'db' } },
  ]);
  expect(await telemetry.points('load.failures')).toEqual([
    { value: 1, attributes: { name: 'default', prefix: 'stats', origin: 'db', 'error.type': 'LOAD_TIMED_OUT' } },
  ]);
  expect(await telemetry.points('read.failures')).toEqual([
    { value: 1, attributes: { name: 'default', prefix: 'stats', 'error.type': 'LOAD_TIMED_OUT' } },
  ]);
});

test('invalidations are counted by their state, and receipts are timed', async () => {
  telemetry.instrument();
  await through(one.cache.invalidate({ tag: 'a' }));
  one.durable.cut();
  await through(one.cache.invalidate({ tag: 'a' }));
  expect(await telemetry.points('invalidations')).toEqual([
    { value: 1, attributes: { name: 'default', mode: 'invalidate', state: 'applied' } },
    { value: 1, attributes: { name: 'default', mode: 'invalidate', state: 'pending' } },
  ]);
  expect(await telemetry.points('receipt.duration')).toMatchObject([
    { value: { count: 1 }, attributes: { name: 'default', mode: 'invalidate' } },
  ]);
});

test('failed background work, a lost log and an opened breaker are counted', async () => {
  const process = await world.process({ origins: { db: { breaker: { failures: 1 } } } });
  telemetry.instrument();
  world.shared.fail('reject');
  await through(process.cache.getOrLoad('a:1', () => 1));
  await world.clock.settle();
  const failing = () => Promise.reject(new Error('no'));
  await through(process.cache.getOrLoad('b:1', failing, { origin: 'db' })).catch(() => undefined);
  process.durable.cut();
  await world.clock.advance(3_000);
  expect(await telemetry.points('background.failures')).toContainEqual({
    value: 1,
    attributes: { name: 'default', reason: 'fill', 'error.type': 'UNREACHABLE' },
  });
  expect(await telemetry.points('log.changes')).toEqual([
    { value: 1, attributes: { name: 'default', state: 'unreachable' } },
    { value: 1, attributes: { name: 'default', state: 'disconnected' } },
  ]);
  expect(await telemetry.points('origin.breaker')).toEqual([
    { value: 1, attributes: { name: 'default', origin: 'db', state: 'open' } },
  ]);
});

test('the memory, origins and log status of named caches are reported', async () => {
  telemetry.instrument({ caches: { main: one.cache } });
  await through(one.cache.invalidate({ tag: 'a' }));
  await through(one.cache.internal.reader.read(KEY, () => 1, POLICY, null));
  const slow = one.cache.internal.reader.read(OTHER, () => world.clock.sleep(100).then(() => 1), POLICY, null);
  await world.clock.settle();
  const main = { name: 'main' };
  expect(await telemetry.points('memory.size')).toEqual([
    { value: one.cache.internal.engine.memory.sizeBytes, attributes: main },
  ]);
  expect(await telemetry.points('memory.entries')).toEqual([{ value: 1, attributes: main }]);
  expect(await telemetry.points('log.applied')).toEqual([{ value: 1, attributes: main }]);
  expect(await telemetry.points('origin.calls')).toEqual(
    [
      [1, 'running'],
      [0, 'waiting'],
      [0, 'abandoned'],
    ].map(([value, state]) => ({ value, attributes: { ...main, origin: 'default', state } })),
  );
  await through(slow);
  const state = async () =>
    (await telemetry.points('log.standing'))
      .filter(({ value }) => value === 1)
      .map(({ attributes }) => attributes['state']);
  expect(await state()).toEqual(['current']);
  one.durable.cut();
  await world.clock.advance(3_000);
  expect(await state()).toEqual(['disconnected']);
});
