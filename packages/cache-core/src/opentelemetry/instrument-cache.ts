import { type MeterProvider, metrics, type TracerProvider, trace } from '@opentelemetry/api';
import type { CacheManager } from '../cache-manager.ts';
import { assertKnownOptions } from '../model/known-options.ts';
import { BoundedAttributes } from './attributes.ts';
import { gaugeCaches } from './gauges.ts';
import { meterCaches } from './metrics.ts';
import { traceCaches } from './spans.ts';
import { Subscriptions } from './subscriptions.ts';

/** Options of `instrumentCache`. */
export interface InstrumentOptions {
  /** Caches whose memory, origins and log status are reported as gauges, each under a name. Default: none. */
  readonly caches?: Readonly<Record<string, CacheManager>>;
  /** Whether spans contain keys and selectors. Metrics never do. Default false. */
  readonly keys?: boolean;
  /** Whether memory hits are spans, too: a span costs several times such a hit. Default false. */
  readonly memoryHits?: boolean;
  /** Default: the global one. */
  readonly tracerProvider?: TracerProvider;
  /** Default: the global one. */
  readonly meterProvider?: MeterProvider;
}

/** The result of `instrumentCache`. */
export interface Instrumentation {
  /** Stops listening. Does not end the spans in progress. */
  stop(): void;
}

const SCOPE = '@pilotlight/cache-core';

/** Reports the messages of every cache of this process as spans and metrics. Call it once per process, after the SDK is set up. */
export function instrumentCache(options: InstrumentOptions = {}): Instrumentation {
  assertKnownOptions('instrumentCache', options, ['caches', 'keys', 'memoryHits', 'tracerProvider', 'meterProvider']);
  const { caches = {}, keys = false, memoryHits = false } = options;
  const tracer = (options.tracerProvider ?? trace).getTracer(SCOPE);
  const meter = (options.meterProvider ?? metrics).getMeter(SCOPE);
  const bounded = new BoundedAttributes();
  const subscriptions = new Subscriptions();
  traceCaches({ tracer, bounded, subscriptions, keys, memoryHits });
  meterCaches(meter, bounded, subscriptions);
  gaugeCaches(meter, caches, subscriptions);
  return { stop: () => subscriptions.stop() };
}
