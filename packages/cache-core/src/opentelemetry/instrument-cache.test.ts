import { type MeterProvider as AnyMeterProvider, DiagLogLevel, diag } from '@opentelemetry/api';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { expect, test } from 'vitest';
import { InvalidArgument } from '../model/errors.ts';
import { buildKey } from '../model/key.ts';
import { type InstrumentOptions, instrumentCache } from './index.ts';
import { KEY, POLICY } from './testing/telemetry.ts';
import { type TelemetryWorld, telemetryWorld } from './testing/telemetry-world.ts';

let world: TelemetryWorld['world'];
let one: TelemetryWorld['one'];
let telemetry: TelemetryWorld['telemetry'];
let through: TelemetryWorld['through'];
telemetryWorld((begun) => {
  ({ world, one, telemetry, through } = begun);
});

test('the messages of two caches of one process differ by name', async () => {
  telemetry.instrument({ memoryHits: true });
  for (const name of ['orders', 'prices']) {
    const { cache } = await world.process({ name });
    const key = buildKey({ prefix: 'stats', name, params: null });
    await through(cache.internal.reader.read(key, () => 1, POLICY, null));
    for (let i = 0; i < 3; i++) cache.internal.reader.hit(key, () => 1, POLICY, null);
    await through(cache.invalidate({ tag: 'a' }));
  }
  for (const metric of ['reads', 'read.duration', 'load.duration', 'load.wait', 'invalidations', 'receipt.duration']) {
    const names = (await telemetry.points(metric)).map(({ attributes }) => attributes['name']);
    expect([...new Set(names)], metric).toEqual(['orders', 'prices']);
  }
  for (const kind of ['cache.read', 'cache.load', 'cache.invalidate']) {
    const made = telemetry.exporter.getFinishedSpans().filter(({ name }) => name === kind);
    const names = made.map(({ attributes }) => attributes['pilotlight.cache.name']);
    expect([...new Set(names)], kind).toEqual(['orders', 'prices']);
  }
});

test('given a stopped instrumentation, no message is reported', async () => {
  telemetry.instrument({ caches: { main: one.cache } });
  telemetry.stop();
  await through(one.cache.internal.reader.read(KEY, () => 1, POLICY, null));
  expect(telemetry.tree()).toEqual([]);
  expect([await telemetry.points('reads'), await telemetry.points('memory.size')]).toEqual([[], []]);
});

test('an error of OpenTelemetry goes to its diag log, and no read fails', async () => {
  const reported: unknown[] = [];
  const note = (...what: unknown[]) => void reported.push(what[0]);
  diag.setLogger({ error: note, warn: note, info: note, debug: note, verbose: note }, { logLevel: DiagLogLevel.ERROR });
  const broken = () => {
    throw new Error('broken');
  };
  telemetry.instrument({
    tracerProvider: { getTracer: () => ({ startSpan: broken, startActiveSpan: broken }) },
    meterProvider: brokenHistograms(),
  });
  expect((await through(one.cache.internal.reader.read(KEY, () => 1, POLICY, null))).outcome.outcome).toBe('miss');
  expect(reported).toEqual(
    expect.arrayContaining([
      'beginning a span cache.read failed',
      'beginning a span cache.load failed',
      'reporting pilotlight:cache:read to OpenTelemetry failed',
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

test('without an SDK nothing is reported, and an unknown option is rejected by name', async () => {
  const instrumentation = instrumentCache();
  expect((await through(one.cache.internal.reader.read(KEY, () => 1, POLICY, null))).outcome.outcome).toBe('miss');
  expect(() => instrumentCache({ key: true } as InstrumentOptions)).toThrow(InvalidArgument);
  instrumentation.stop();
});
