import { type MeterProvider as AnyMeterProvider, context, DiagLogLevel, diag, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { InvalidArgument } from '../errors.ts';
import { buildKey } from '../key.ts';
import { resolvePolicy } from '../policy.ts';
import { type SimulatedProcess, SimulatedWorld } from '../testing/index.ts';
import { type Instrumentation, type InstrumentOptions, instrumentCache } from './index.ts';

const KEY = buildKey({ prefix: 'stats', name: 'n', params: null });
const OTHER = buildKey({ prefix: 'files', name: 'n', params: null });
const POLICY = resolvePolicy({ freshFor: '10s', staleFor: '10s', jitter: 0, earlyRefresh: 0 });

class Reader extends MetricReader {
  protected async onForceFlush(): Promise<void> {
    // nothing waits to be exported
  }
  protected async onShutdown(): Promise<void> {
    // nothing was opened
  }
}

let world: SimulatedWorld;
let one: SimulatedProcess;
let exporter: InMemorySpanExporter;
let reader: Reader;
let instrumentation: Instrumentation | undefined;
beforeEach(async () => {
  world = new SimulatedWorld();
  one = await world.process();
  exporter = new InMemorySpanExporter();
  context.setGlobalContextManager(new AsyncLocalStorageContextManager());
});
afterEach(async () => {
  instrumentation?.stop();
  instrumentation = undefined;
  context.disable();
  diag.disable();
  await world.close();
});
const through = <Result>(promise: Promise<Result>) => world.clock.through(promise);

function instrument(options: InstrumentOptions = {}): TracerProvider {
  const tracerProvider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  reader = new Reader();
  const meterProvider = new MeterProvider({ readers: [reader] });
  instrumentation = instrumentCache({ tracerProvider, meterProvider, ...options });
  return tracerProvider;
}

interface Point {
  readonly value: unknown;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** The points of a metric, with short names for their attributes. */
async function points(metric: string): Promise<Point[]> {
  const { resourceMetrics } = await reader.collect();
  const metrics = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
  const found = metrics.filter(({ descriptor }) => descriptor.name === `pilotlight.cache.${metric}`);
  return found
    .flatMap(({ dataPoints }) => dataPoints as Point[])
    .map(({ value, attributes }) => ({ value, attributes: short(attributes) }));
}

const short = (attributes: object) =>
  Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name.replace('pilotlight.cache.', ''), value]));

/** Ended spans as a tree: each behind those it is inside of. */
function tree(): string[] {
  const spans = exporter.getFinishedSpans();
  const byId = new Map(spans.map((span) => [span.spanContext().spanId, span]));
  const path = (span: ReadableSpan): string => {
    const parent = byId.get(span.parentSpanContext?.spanId ?? '');
    return parent ? `${path(parent)} > ${span.name}` : span.name;
  };
  return spans.map(path).sort();
}
const span = (name: string) => exporter.getFinishedSpans().find((ended) => ended.name === name);

describe('spans', () => {
  test('a read is a span around its load, which is around what the load does, each with what it came to', async () => {
    const tracer = instrument().getTracer('test');
    const load = async () => {
      await world.clock.sleep(5);
      tracer.startSpan('query').end();
      return one.cache.getOrLoad(OTHER, () => 1);
    };
    const request = tracer.startSpan('request');
    await context.with(trace.setSpan(context.active(), request), () =>
      through(one.cache.read(KEY, load, POLICY, null)),
    );
    request.end();
    expect(tree()).toEqual([
      'request',
      'request > cache.read',
      'request > cache.read > cache.load',
      'request > cache.read > cache.load > cache.read',
      'request > cache.read > cache.load > cache.read > cache.load',
      'request > cache.read > cache.load > query',
    ]);
    const outer = exporter.getFinishedSpans().filter(({ name }) => name.startsWith('cache.'));
    const { epoch } = one.cache.engine.follower;
    expect(outer.map(({ attributes }) => short(attributes))).toEqual([
      { prefix: 'files', name: 'default', origin: 'default', keys: 1, epoch, position: 0, waited_ms: 0 },
      expect.objectContaining({ prefix: 'files', outcome: 'miss', reason: 'absent' }),
      { prefix: 'stats', name: 'default', origin: 'default', keys: 1, epoch, position: 0, waited_ms: 0 },
      {
        prefix: 'stats',
        outcome: 'miss',
        reason: 'absent',
        verified: true,
        collapsed: false,
        stored: true,
        age_ms: 5,
      },
    ]);
  });

  test('reads side by side keep their spans apart, and what comes after them is in none', async () => {
    const tracer = instrument().getTracer('test');
    const keys = [1, 2, 3].map((params) => buildKey({ prefix: 'p', name: 'n', params }));
    const load = async () => {
      await world.clock.sleep(5);
      tracer.startSpan('query').end();
      return 1;
    };
    const active = context.active();
    const reading = keys.map((key) => one.cache.read(key, load, POLICY, null));
    expect(context.active()).toBe(active);
    await through(Promise.all(reading));
    expect(context.active()).toBe(active);
    expect(tree()).toEqual([
      ...Array(3).fill('cache.read'),
      ...Array(3).fill('cache.read > cache.load'),
      ...Array(3).fill('cache.read > cache.load > query'),
    ]);
    expect(new Set(exporter.getFinishedSpans().map((ended) => ended.spanContext().traceId)).size).toBe(3);
  });

  test('nest also where the context manager can not be told of them', async () => {
    context.disable();
    const manager = new AsyncLocalStorageContextManager();
    Object.defineProperty(manager, 'attach', { value: undefined });
    context.setGlobalContextManager(manager);
    const tracer = instrument().getTracer('test');
    const load = async () => {
      await world.clock.sleep(5);
      return one.cache.getOrLoad(OTHER, () => 1);
    };
    const request = tracer.startSpan('request');
    await context.with(trace.setSpan(context.active(), request), () =>
      through(one.cache.read(KEY, load, POLICY, null)),
    );
    request.end();
    expect(tree()).toEqual([
      'request',
      'request > cache.read',
      'request > cache.read > cache.load',
      'request > cache.read > cache.load > cache.read',
      'request > cache.read > cache.load > cache.read > cache.load',
    ]);
  });

  test('a reload behind a stale answer is inside of the read that caused it', async () => {
    instrument();
    await through(one.cache.read(KEY, () => 1, POLICY, null));
    await world.clock.advance(11_000);
    exporter.reset();
    await through(one.cache.read(KEY, () => 2, POLICY, null));
    await world.clock.settle();
    expect(tree()).toEqual(['cache.read', 'cache.read > cache.load']);
    expect(short(span('cache.read')?.attributes ?? {})).toMatchObject({
      outcome: 'stale',
      tier: 'redis',
      reason: 'revalidating',
    });
  });

  test('what fails has its error; an error of the cache, which names the key, is told by its code alone', async () => {
    instrument();
    const error = new TypeError('no such table');
    await expect(through(one.cache.read(KEY, () => Promise.reject(error), POLICY, null))).rejects.toBe(error);
    for (const name of ['cache.read', 'cache.load']) {
      const failed = span(name);
      expect(failed?.status.code).toBe(2);
      expect(failed?.attributes['error.type']).toBe('TypeError');
      expect(failed?.events).toMatchObject([{ attributes: { 'exception.message': 'no such table' } }]);
    }
    exporter.reset();
    const never = () => new Promise(() => undefined);
    const policy = resolvePolicy({ hardTimeout: 100 });
    await expect(through(one.cache.read(OTHER, never, policy, null))).rejects.toThrow(OTHER);
    expect(span('cache.load')).toMatchObject({ attributes: { 'error.type': 'LOAD_TIMED_OUT' }, events: [] });
  });

  test('an invalidation is one, inside of what made it', async () => {
    const tracer = instrument().getTracer('test');
    const request = tracer.startSpan('request');
    await context.with(trace.setSpan(context.active(), request), () =>
      through(one.cache.invalidate([{ tag: 'a' }, { tag: 'b' }])),
    );
    one.durable.cut();
    await through(one.cache.expire({ tag: 'a' }));
    request.end();
    const { epoch } = one.cache.engine.follower;
    expect(tree()).toEqual(['cache.invalidate', 'request', 'request > cache.invalidate']);
    const made = exporter.getFinishedSpans().filter(({ name }) => name === 'cache.invalidate');
    expect(made.map(({ attributes }) => short(attributes))).toEqual([
      { name: 'default', mode: 'invalidate', selectors: 2, state: 'applied', epoch, position: 1 },
      { name: 'default', mode: 'expire', selectors: 1, state: 'pending' },
    ]);
  });

  test('keys and selectors are told only where that is asked for', async () => {
    const secret = 'user-7:card';
    const work = async () => {
      await through(one.cache.getOrLoad(secret, () => 1));
      await through(one.cache.invalidate({ key: secret }));
    };
    instrument();
    await work();
    const told = () =>
      JSON.stringify(exporter.getFinishedSpans().map(({ attributes, events }) => [attributes, events]));
    expect(told()).not.toContain('card');
    instrumentation?.stop();
    exporter.reset();
    instrument({ keys: true });
    await work();
    expect(span('cache.read')?.attributes['pilotlight.cache.key']).toBe(secret);
    expect(span('cache.load')?.attributes['pilotlight.cache.key']).toEqual([secret]);
    expect(span('cache.invalidate')?.attributes['pilotlight.cache.selector']).toEqual([`k:${secret}`]);
  });

  test('a hit in memory is a span only where that is asked for', async () => {
    await through(one.cache.read(KEY, () => 1, POLICY, null));
    instrument();
    one.cache.hit(KEY, () => 1, POLICY, null);
    expect(tree()).toEqual([]);
    instrumentation?.stop();
    instrument({ memoryHits: true });
    one.cache.hit(KEY, () => 1, POLICY, null);
    await through(one.cache.read(KEY, () => 1, POLICY, null));
    expect(
      exporter.getFinishedSpans().map(({ name, attributes }) => [name, attributes['pilotlight.cache.tier']]),
    ).toEqual([
      ['cache.read', 'memory'],
      ['cache.read', 'memory'],
    ]);
  });
});

describe('metrics', () => {
  test('reads are counted by what they came to, hits in memory included', async () => {
    instrument();
    const other = await world.process();
    await through(one.cache.read(KEY, () => 1, POLICY, null));
    for (let i = 0; i < 40; i++) one.cache.hit(KEY, () => 1, POLICY, null);
    await through(other.cache.read(KEY, () => 1, POLICY, null));
    await through(one.cache.bypass(OTHER, () => 1, POLICY));
    const verified = { verified: true };
    const reads = await points('reads');
    expect(reads).toHaveLength(4);
    expect(reads).toEqual(
      expect.arrayContaining([
        { value: 1, attributes: { name: 'default', prefix: 'stats', outcome: 'miss', reason: 'absent', ...verified } },
        { value: 40, attributes: { name: 'default', prefix: 'stats', outcome: 'hit', tier: 'memory', ...verified } },
        { value: 1, attributes: { name: 'default', prefix: 'stats', outcome: 'hit', tier: 'redis', ...verified } },
        { value: 1, attributes: { name: 'default', prefix: 'files', outcome: 'bypass', ...verified } },
      ]),
    );
    const timed = (await points('read.duration')).map(({ value, attributes }) => [
      attributes['tier'],
      (value as { count: number }).count,
    ]);
    expect(new Map(timed as [string, number][]).get('memory')).toBe(3);
  });

  test('a flood of prefixes and of kinds of errors makes a bounded number of series, and none names a key', async () => {
    instrument();
    for (let i = 0; i < 300; i++) {
      await through(one.cache.getOrLoad(`user-${i}:secret-${i}`, () => 1));
      const odd = Object.assign(new Error('no'), { name: `Error${i}` });
      await through(one.cache.getOrLoad(`broken:${i}`, () => Promise.reject(odd))).catch(() => undefined);
    }
    const reads = await points('reads');
    expect(reads.length).toBeLessThanOrEqual(101);
    expect(reads.find(({ attributes }) => attributes['prefix'] === '(other)')?.value).toBeGreaterThan(200);
    const failures = await points('load.failures');
    expect(failures.length).toBeLessThanOrEqual(21);
    const { resourceMetrics } = await reader.collect();
    expect(JSON.stringify(resourceMetrics.scopeMetrics)).not.toContain('secret');
  });

  test('loads are timed in seconds, their wait and their failures apart', async () => {
    const process = await world.process({ origins: { db: { concurrency: 1 } } });
    instrument();
    const slow = () => world.clock.sleep(500).then(() => 1);
    const policy = resolvePolicy({ origin: 'db', hardTimeout: 200 });
    const patient = resolvePolicy({ origin: 'db' });
    await through(
      Promise.allSettled([process.cache.read(KEY, slow, policy, null), process.cache.read(OTHER, slow, patient, null)]),
    );
    const load = { value: expect.objectContaining({ count: 1 }) };
    expect(await points('load.duration')).toMatchObject([
      {
        ...load,
        value: { sum: 0.2 },
        attributes: { name: 'default', prefix: 'stats', origin: 'db', 'error.type': 'LOAD_TIMED_OUT' },
      },
      { ...load, value: { sum: 0.5 }, attributes: { name: 'default', prefix: 'files', origin: 'db' } },
    ]);
    expect(await points('load.wait')).toMatchObject([
      { value: { count: 2, sum: 0.2 }, attributes: { name: 'default', origin: 'db' } },
    ]);
    expect(await points('load.failures')).toEqual([
      { value: 1, attributes: { name: 'default', prefix: 'stats', origin: 'db', 'error.type': 'LOAD_TIMED_OUT' } },
    ]);
    expect(await points('read.failures')).toEqual([
      { value: 1, attributes: { prefix: 'stats', 'error.type': 'LOAD_TIMED_OUT' } },
    ]);
  });

  test('invalidations are counted by how they ended, and receipts timed', async () => {
    instrument();
    await through(one.cache.invalidate({ tag: 'a' }));
    one.durable.cut();
    await through(one.cache.invalidate({ tag: 'a' }));
    expect(await points('invalidations')).toEqual([
      { value: 1, attributes: { name: 'default', mode: 'invalidate', state: 'applied' } },
      { value: 1, attributes: { name: 'default', mode: 'invalidate', state: 'pending' } },
    ]);
    expect(await points('receipt.duration')).toMatchObject([
      { value: { count: 1 }, attributes: { name: 'default', mode: 'invalidate' } },
    ]);
  });

  test('troubles are counted: background work, the log out of reach, a breaker that opens', async () => {
    const process = await world.process({ origins: { db: { breaker: { failures: 1 } } } });
    instrument();
    world.shared.fail('reject');
    await through(process.cache.getOrLoad('a:1', () => 1));
    await world.clock.settle();
    const failing = () => Promise.reject(new Error('no'));
    await through(process.cache.getOrLoad('b:1', failing, { origin: 'db' })).catch(() => undefined);
    process.durable.cut();
    await world.clock.advance(3_000);
    expect(await points('background.failures')).toContainEqual({
      value: 1,
      attributes: { name: 'default', reason: 'fill', 'error.type': 'UNREACHABLE' },
    });
    expect(await points('log.changes')).toEqual([
      { value: 1, attributes: { name: 'default', state: 'unreachable' } },
      { value: 1, attributes: { name: 'default', state: 'blind' } },
    ]);
    expect(await points('origin.breaker')).toEqual([
      { value: 1, attributes: { name: 'default', origin: 'db', state: 'open' } },
    ]);
  });

  test('memory, origins and standing towards the log are shown of the caches that are named', async () => {
    instrument({ caches: { main: one.cache } });
    await through(one.cache.invalidate({ tag: 'a' }));
    await through(one.cache.read(KEY, () => 1, POLICY, null));
    const slow = one.cache.read(OTHER, () => world.clock.sleep(100).then(() => 1), POLICY, null);
    await world.clock.settle();
    const main = { name: 'main' };
    expect(await points('memory.size')).toEqual([{ value: one.cache.engine.memory.sizeBytes, attributes: main }]);
    expect(await points('memory.entries')).toEqual([{ value: 1, attributes: main }]);
    expect(await points('log.applied')).toEqual([{ value: 1, attributes: main }]);
    expect(await points('origin.calls')).toEqual(
      [
        [1, 'running'],
        [0, 'waiting'],
        [0, 'abandoned'],
      ].map(([value, state]) => ({ value, attributes: { ...main, origin: 'default', state } })),
    );
    await through(slow);
    const standing = async () =>
      (await points('log.standing')).filter(({ value }) => value === 1).map(({ attributes }) => attributes['state']);
    expect(await standing()).toEqual(['current']);
    one.durable.cut();
    await world.clock.advance(3_000);
    expect(await standing()).toEqual(['blind']);
  });
});

test('what two caches of one process tell is told apart by their names', async () => {
  instrument({ memoryHits: true });
  for (const name of ['orders', 'prices']) {
    const { cache } = await world.process({ name });
    const key = buildKey({ prefix: 'stats', name, params: null });
    await through(cache.read(key, () => 1, POLICY, null));
    for (let i = 0; i < 3; i++) cache.hit(key, () => 1, POLICY, null);
    await through(cache.invalidate({ tag: 'a' }));
  }
  for (const metric of ['reads', 'read.duration', 'load.duration', 'load.wait', 'invalidations', 'receipt.duration']) {
    const names = (await points(metric)).map(({ attributes }) => attributes['name']);
    expect([...new Set(names)], metric).toEqual(['orders', 'prices']);
  }
  for (const kind of ['cache.read', 'cache.load', 'cache.invalidate']) {
    const made = exporter.getFinishedSpans().filter(({ name }) => name === kind);
    const names = made.map(({ attributes }) => attributes['pilotlight.cache.name']);
    expect([...new Set(names)].filter(Boolean), kind).toEqual(['orders', 'prices']);
  }
});

test('once stopped it listens to nothing', async () => {
  instrument({ caches: { main: one.cache } });
  instrumentation?.stop();
  await through(one.cache.read(KEY, () => 1, POLICY, null));
  expect(tree()).toEqual([]);
  expect([await points('reads'), await points('memory.size')]).toEqual([[], []]);
});

test('OpenTelemetry that fails is told to its own log, and breaks no read', async () => {
  const told: unknown[] = [];
  const note = (...what: unknown[]) => void told.push(what[0]);
  diag.setLogger({ error: note, warn: note, info: note, debug: note, verbose: note }, { logLevel: DiagLogLevel.ERROR });
  const broken = () => {
    throw new Error('broken');
  };
  instrument({
    tracerProvider: { getTracer: () => ({ startSpan: broken, startActiveSpan: broken }) },
    meterProvider: brokenHistograms(),
  });
  expect((await through(one.cache.read(KEY, () => 1, POLICY, null))).outcome.outcome).toBe('miss');
  expect(told).toEqual(
    expect.arrayContaining([
      'beginning a span cache.read failed',
      'beginning a span cache.load failed',
      'telling OpenTelemetry of pilotlight:cache:read failed',
    ]),
  );
});

function brokenHistograms(): AnyMeterProvider {
  const meterProvider = new MeterProvider();
  const meter = meterProvider.getMeter('broken');
  const record = () => {
    throw new Error('broken');
  };
  return { getMeter: () => Object.assign(meter, { createHistogram: () => ({ record }) }) };
}

test('without an SDK it does nothing, and an option that does not exist is refused by its name', async () => {
  instrumentation = instrumentCache();
  expect((await through(one.cache.read(KEY, () => 1, POLICY, null))).outcome.outcome).toBe('miss');
  expect(() => instrumentCache({ key: true } as InstrumentOptions)).toThrow(InvalidArgument);
});
