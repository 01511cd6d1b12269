import { context, type Tracer, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { expect, test } from 'vitest';
import { buildKey } from '../model/key.ts';
import { resolvePolicy } from '../model/policy.ts';
import { KEY, OTHER, POLICY, short } from './testing/telemetry.ts';
import { type TelemetryWorld, telemetryWorld } from './testing/telemetry-world.ts';

let world: TelemetryWorld['world'];
let one: TelemetryWorld['one'];
let telemetry: TelemetryWorld['telemetry'];
let through: TelemetryWorld['through'];
telemetryWorld((begun) => {
  ({ world, one, telemetry, through } = begun);
});

/** Reads a key in the span of a request; the load of the key reads another one. */
async function requestWithNestedReads(tracer: Tracer, duringLoad: () => void = () => undefined): Promise<void> {
  const load = async () => {
    await world.clock.sleep(5);
    duringLoad();
    return one.cache.getOrLoad(OTHER, () => 1);
  };
  const request = tracer.startSpan('request');
  await context.with(trace.setSpan(context.active(), request), () =>
    through(one.cache.internal.reader.read(KEY, load, POLICY, null)),
  );
  request.end();
}

test('the span of a read contains the span of its load, each with its outcome', async () => {
  const tracer = telemetry.instrument().getTracer('test');
  await requestWithNestedReads(tracer, () => tracer.startSpan('query').end());
  expect(telemetry.tree()).toEqual([
    'request',
    'request > cache.read',
    'request > cache.read > cache.load',
    'request > cache.read > cache.load > cache.read',
    'request > cache.read > cache.load > cache.read > cache.load',
    'request > cache.read > cache.load > query',
  ]);
  const outer = telemetry.exporter.getFinishedSpans().filter(({ name }) => name.startsWith('cache.'));
  const { epoch } = one.cache.internal.engine.follower;
  expect(outer.map(({ attributes }) => short(attributes))).toEqual([
    { prefix: 'files', name: 'default', origin: 'default', keys: 1, epoch, position: 0, waited_ms: 0 },
    expect.objectContaining({ prefix: 'files', outcome: 'miss', reason: 'absent' }),
    { prefix: 'stats', name: 'default', origin: 'default', keys: 1, epoch, position: 0, waited_ms: 0 },
    {
      prefix: 'stats',
      name: 'default',
      outcome: 'miss',
      reason: 'absent',
      verified: true,
      collapsed: false,
      stored: true,
      age_ms: 5,
    },
  ]);
});

test('concurrent reads have separate spans, and later work is in none of them', async () => {
  const tracer = telemetry.instrument().getTracer('test');
  const keys = [1, 2, 3].map((params) => buildKey({ prefix: 'p', name: 'n', params }));
  const load = async () => {
    await world.clock.sleep(5);
    tracer.startSpan('query').end();
    return 1;
  };
  const active = context.active();
  const reading = keys.map((key) => one.cache.internal.reader.read(key, load, POLICY, null));
  expect(context.active()).toBe(active);
  await through(Promise.all(reading));
  expect(context.active()).toBe(active);
  expect(telemetry.tree()).toEqual([
    ...Array(3).fill('cache.read'),
    ...Array(3).fill('cache.read > cache.load'),
    ...Array(3).fill('cache.read > cache.load > query'),
  ]);
  expect(new Set(telemetry.exporter.getFinishedSpans().map((ended) => ended.spanContext().traceId)).size).toBe(3);
});

test('spans nest without a context manager that supports attach', async () => {
  context.disable();
  const manager = new AsyncLocalStorageContextManager();
  Object.defineProperty(manager, 'attach', { value: undefined });
  context.setGlobalContextManager(manager);
  await requestWithNestedReads(telemetry.instrument().getTracer('test'));
  expect(telemetry.tree()).toEqual([
    'request',
    'request > cache.read',
    'request > cache.read > cache.load',
    'request > cache.read > cache.load > cache.read',
    'request > cache.read > cache.load > cache.read > cache.load',
  ]);
});

test('the span of a background reload is inside the span of its read', async () => {
  telemetry.instrument();
  await through(one.cache.internal.reader.read(KEY, () => 1, POLICY, null));
  await world.clock.advance(11_000);
  telemetry.exporter.reset();
  await through(one.cache.internal.reader.read(KEY, () => 2, POLICY, null));
  await world.clock.settle();
  expect(telemetry.tree()).toEqual(['cache.read', 'cache.read > cache.load']);
  expect(short(telemetry.span('cache.read')?.attributes ?? {})).toMatchObject({
    outcome: 'stale',
    tier: 'redis',
    reason: 'revalidating',
  });
});

test('a failed span records its error, but only the code of an error of the cache', async () => {
  telemetry.instrument();
  const error = new TypeError('no such table');
  await expect(through(one.cache.internal.reader.read(KEY, () => Promise.reject(error), POLICY, null))).rejects.toBe(
    error,
  );
  for (const name of ['cache.read', 'cache.load']) {
    const failed = telemetry.span(name);
    expect(failed?.status.code).toBe(2);
    expect(failed?.attributes['error.type']).toBe('TypeError');
    expect(failed?.events).toMatchObject([{ attributes: { 'exception.message': 'no such table' } }]);
  }
  telemetry.exporter.reset();
  const never = () => new Promise(() => undefined);
  const policy = resolvePolicy({ hardTimeout: 100 });
  await expect(through(one.cache.internal.reader.read(OTHER, never, policy, null))).rejects.toThrow(OTHER);
  expect(telemetry.span('cache.load')).toMatchObject({ attributes: { 'error.type': 'LOAD_TIMED_OUT' }, events: [] });
});

test('an invalidation is a span inside the span that called it', async () => {
  const tracer = telemetry.instrument().getTracer('test');
  const request = tracer.startSpan('request');
  await context.with(trace.setSpan(context.active(), request), () =>
    through(one.cache.invalidate([{ tag: 'a' }, { tag: 'b' }])),
  );
  one.durable.cut();
  await through(one.cache.expire({ tag: 'a' }));
  request.end();
  const { epoch } = one.cache.internal.engine.follower;
  expect(telemetry.tree()).toEqual(['cache.invalidate', 'request', 'request > cache.invalidate']);
  const made = telemetry.exporter.getFinishedSpans().filter(({ name }) => name === 'cache.invalidate');
  expect(made.map(({ attributes }) => short(attributes))).toEqual([
    { name: 'default', mode: 'invalidate', selectors: 2, state: 'applied', epoch, position: 1 },
    { name: 'default', mode: 'expire', selectors: 1, state: 'pending' },
  ]);
});

test('spans contain keys and selectors only with the option keys', async () => {
  const secret = 'user-7:card';
  const work = async () => {
    await through(one.cache.getOrLoad(secret, () => 1));
    await through(one.cache.invalidate({ key: secret }));
  };
  telemetry.instrument();
  await work();
  const reported = () =>
    JSON.stringify(telemetry.exporter.getFinishedSpans().map(({ attributes, events }) => [attributes, events]));
  expect(reported()).not.toContain('card');
  telemetry.stop();
  telemetry.exporter.reset();
  telemetry.instrument({ keys: true });
  await work();
  expect(telemetry.span('cache.read')?.attributes['pilotlight.cache.key']).toBe(secret);
  expect(telemetry.span('cache.load')?.attributes['pilotlight.cache.key']).toEqual([secret]);
  expect(telemetry.span('cache.invalidate')?.attributes['pilotlight.cache.selector']).toEqual([`k:${secret}`]);
});

test('a memory hit is a span only with the option memoryHits', async () => {
  await through(one.cache.internal.reader.read(KEY, () => 1, POLICY, null));
  telemetry.instrument();
  one.cache.internal.reader.hit(KEY, () => 1, POLICY, null);
  expect(telemetry.tree()).toEqual([]);
  telemetry.stop();
  telemetry.instrument({ memoryHits: true });
  one.cache.internal.reader.hit(KEY, () => 1, POLICY, null);
  await through(one.cache.internal.reader.read(KEY, () => 1, POLICY, null));
  expect(
    telemetry.exporter.getFinishedSpans().map(({ name, attributes }) => [name, attributes['pilotlight.cache.tier']]),
  ).toEqual([
    ['cache.read', 'memory'],
    ['cache.read', 'memory'],
  ]);
});
