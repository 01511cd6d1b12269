import { tracingChannel } from 'node:diagnostics_channel';
import type { Histogram, Meter } from '@opentelemetry/api';
import {
  type BackgroundMessage,
  cacheChannels,
  type InvalidateTrace,
  type LoadTrace,
  type LogMessage,
  type OriginMessage,
  type ReadMessage,
  type ReadTrace,
} from '../model/diagnostics.ts';
import {
  type BoundedAttributes,
  ERROR_TYPE,
  MODE,
  NAME,
  ORIGIN,
  OUTCOME,
  PREFIX,
  REASON,
  STATE,
  TIER,
} from './attributes.ts';
import { ReadCounts } from './read-counts.ts';
import type { Subscriptions } from './subscriptions.ts';

/** Seconds, from a hit in memory to a slow load. */
const BOUNDARIES = [
  0.000_001, 0.000_01, 0.000_1, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
];

/** Turns the messages of the caches of this process into metrics. */
export function meterCaches(meter: Meter, bounded: BoundedAttributes, subscriptions: Subscriptions): void {
  meterReads(meter, bounded, subscriptions);
  meterLoads(meter, bounded, subscriptions);
  meterInvalidations(meter, subscriptions);
  meterTroubles(meter, bounded, subscriptions);
}

function meterReads(meter: Meter, bounded: BoundedAttributes, subscriptions: Subscriptions): void {
  const counts = new ReadCounts(bounded);
  const reads = meter.createObservableCounter('pilotlight.cache.reads', {
    description: 'Reads that got an answer',
    unit: '{read}',
  });
  const observe: Parameters<typeof reads.addCallback>[0] = (result) => {
    for (const count of counts.all()) result.observe(count.reads, count.attributes);
  };
  reads.addCallback(observe);
  subscriptions.also(() => reads.removeCallback(observe));
  const duration = seconds(
    meter,
    'pilotlight.cache.read.duration',
    'How long reads took; of hits in memory that are answered at once, one in 16 is timed',
  );
  const failures = meter.createCounter('pilotlight.cache.read.failures', {
    description: 'Reads that got no answer',
    unit: '{read}',
  });
  subscriptions.on<ReadMessage>(cacheChannels.read, (message) => {
    counts.count(message);
    const { cache, prefix, outcome, durationMs } = message;
    if (durationMs === null) return;
    const tier = outcome.tier !== null && { [TIER]: outcome.tier };
    const labels = { [NAME]: cache, [PREFIX]: bounded.prefix(prefix), [OUTCOME]: outcome.outcome, ...tier };
    duration.record(durationMs / 1_000, labels);
  });
  subscriptions.on<ReadTrace>(tracingChannel(cacheChannels.read).error.name, ({ cache, prefix, error }) => {
    failures.add(1, { [NAME]: cache, [PREFIX]: bounded.prefix(prefix), [ERROR_TYPE]: bounded.errorType(error) });
  });
}

function meterLoads(meter: Meter, bounded: BoundedAttributes, subscriptions: Subscriptions): void {
  const duration = seconds(meter, 'pilotlight.cache.load.duration', 'How long origins took, failures included');
  const waiting = seconds(meter, 'pilotlight.cache.load.wait', 'How long loads waited for their turn at the origin');
  const failures = meter.createCounter('pilotlight.cache.load.failures', {
    description: 'Loads that failed, took too long or were refused',
    unit: '{load}',
  });
  subscriptions.on<LoadTrace>(tracingChannel(cacheChannels.load).asyncEnd.name, (trace) => {
    const of = { [NAME]: trace.cache, [ORIGIN]: trace.origin };
    const labels = { ...of, [PREFIX]: bounded.prefix(trace.prefix) };
    const failed = 'error' in trace && { [ERROR_TYPE]: bounded.errorType(trace.error) };
    if (failed) failures.add(1, { ...labels, ...failed });
    if (trace.waitedMs !== null) waiting.record(trace.waitedMs / 1_000, of);
    if (trace.loadMs !== null) duration.record(trace.loadMs / 1_000, { ...labels, ...failed });
  });
}

function meterInvalidations(meter: Meter, subscriptions: Subscriptions): void {
  const invalidations = meter.createCounter('pilotlight.cache.invalidations', {
    description: 'Invalidations made by this process',
    unit: '{invalidation}',
  });
  const receipts = seconds(
    meter,
    'pilotlight.cache.receipt.duration',
    'From an invalidation until no process serves what it hit',
  );
  subscriptions.on<InvalidateTrace>(tracingChannel(cacheChannels.invalidate).asyncEnd.name, (trace) => {
    const labels = { [NAME]: trace.cache, [MODE]: trace.mode };
    invalidations.add(1, { ...labels, [STATE]: trace.state ?? 'failed' });
    if (trace.receiptMs !== null) receipts.record(trace.receiptMs / 1_000, labels);
  });
}

function meterTroubles(meter: Meter, bounded: BoundedAttributes, subscriptions: Subscriptions): void {
  const background = meter.createCounter('pilotlight.cache.background.failures', {
    description: 'Failed background work',
    unit: '{failure}',
  });
  subscriptions.on<BackgroundMessage>(cacheChannels.background, ({ cache, reason, error }) => {
    background.add(1, { [NAME]: cache, [REASON]: reason, [ERROR_TYPE]: bounded.errorType(error) });
  });
  const log = meter.createCounter('pilotlight.cache.log.changes', {
    description: 'Changes of the state of this process towards the invalidation log',
    unit: '{change}',
  });
  subscriptions.on<LogMessage>(cacheChannels.log, ({ cache, change }) =>
    log.add(1, { [NAME]: cache, [STATE]: change }),
  );
  const breaker = meter.createCounter('pilotlight.cache.origin.breaker', {
    description: 'Times that the breaker of an origin came to a state',
    unit: '{change}',
  });
  subscriptions.on<OriginMessage>(cacheChannels.origin, (message) =>
    breaker.add(1, { [NAME]: message.cache, [ORIGIN]: message.origin, [STATE]: message.breaker }),
  );
}

function seconds(meter: Meter, name: string, description: string): Histogram {
  return meter.createHistogram(name, { description, unit: 's', advice: { explicitBucketBoundaries: BOUNDARIES } });
}
