import { subscribe, tracingChannel, unsubscribe } from 'node:diagnostics_channel';
import {
  type BackgroundMessage,
  CacheError,
  cacheChannels,
  type InvalidateTrace,
  type LoadTrace,
  type LogMessage,
} from '@pilotlight/cache-core';
import { Counts, Histograms, SECONDS } from './histogram.ts';
import type { Metrics, Specs } from './metrics.ts';

const CACHE_EVENT_METRICS = {
  loads: {
    name: 'pilotlight_cache_load_duration_seconds',
    kind: 'histogram',
    help: 'How long an origin took for a load, failures included',
    labels: ['prefix', 'origin', 'result'],
  },
  waits: {
    name: 'pilotlight_cache_load_wait_seconds',
    kind: 'histogram',
    help: 'How long loads waited for a permit of the origin',
    labels: ['origin'],
  },
  loadFailures: {
    name: 'pilotlight_cache_load_failures_total',
    kind: 'counter',
    help: 'Loads that failed, took too long or were refused, by the code of the error',
    labels: ['origin', 'code'],
  },
  receipts: {
    name: 'pilotlight_cache_receipt_duration_seconds',
    kind: 'histogram',
    help: 'From an invalidation until no process serves an answer that it hit',
    labels: ['mode'],
  },
  invalidations: {
    name: 'pilotlight_cache_invalidations_total',
    kind: 'counter',
    help: 'Invalidations that this process made',
    labels: ['mode', 'state'],
  },
  logChanges: {
    name: 'pilotlight_cache_log_changes_total',
    kind: 'counter',
    help: 'Changes of the state of this process towards the invalidation log',
    labels: ['change'],
  },
  background: {
    name: 'pilotlight_cache_background_failures_total',
    kind: 'counter',
    help: 'Failed work that no caller awaits',
    labels: ['reason'],
  },
} as const satisfies Specs;

const MODES = ['invalidate', 'expire'] as const;
const STATES = ['applied', 'pending', 'failed'] as const;
const LOG_CHANGES = ['reachable', 'unreachable', 'disconnected', 'epoch'] as const;

/**
 * Adds the metrics of events that are rare beside a hit, from the cache's channels. The prefixes are those of the service's own routes, so
 * their number is bounded. Returns a function that stops counting.
 */
export function addCacheEvents(metrics: Metrics): () => void {
  const loads = new Histograms(CACHE_EVENT_METRICS.loads.labels, SECONDS);
  const waits = new Histograms(CACHE_EVENT_METRICS.waits.labels, SECONDS);
  const loadFailures = new Counts(CACHE_EVENT_METRICS.loadFailures.labels);
  const receipts = new Histograms(CACHE_EVENT_METRICS.receipts.labels, SECONDS);
  const invalidations = new Counts(CACHE_EVENT_METRICS.invalidations.labels);
  const logChanges = new Counts(CACHE_EVENT_METRICS.logChanges.labels);
  const background = new Counts(CACHE_EVENT_METRICS.background.labels);
  // A counter that begins at 1 has no increase, and the first event of these has to be seen.
  for (const change of LOG_CHANGES) logChanges.add({ change }, 0);
  for (const mode of MODES) for (const state of STATES) invalidations.add({ mode, state }, 0);
  const parts = { loads, waits, loadFailures, receipts, invalidations, logChanges, background };
  metrics.group('cache events', CACHE_EVENT_METRICS, () => ({
    loads: loads.points(),
    waits: waits.points(),
    loadFailures: loadFailures.points(),
    receipts: receipts.points(),
    invalidations: invalidations.points(),
    logChanges: logChanges.points(),
    background: background.points(),
  }));
  const stops = [
    on<LoadTrace>(tracingChannel(cacheChannels.load).asyncEnd.name, (trace) => countLoad(trace, parts)),
    on<InvalidateTrace>(tracingChannel(cacheChannels.invalidate).asyncEnd.name, ({ mode, state, receiptMs }) => {
      invalidations.add({ mode, state: state ?? 'failed' });
      if (receiptMs !== null) receipts.observe({ mode }, receiptMs / 1_000);
    }),
    on<LogMessage>(cacheChannels.log, ({ change }) => logChanges.add({ change })),
    on<BackgroundMessage>(cacheChannels.background, ({ reason }) => background.add({ reason })),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

interface LoadParts {
  readonly loads: Histograms<'prefix' | 'origin' | 'result'>;
  readonly waits: Histograms<'origin'>;
  readonly loadFailures: Counts<'origin' | 'code'>;
}

function countLoad(trace: LoadTrace, { loads, waits, loadFailures }: LoadParts): void {
  const { origin, prefix, waitedMs, loadMs } = trace;
  const hasFailed = 'error' in trace;
  if (waitedMs !== null) waits.observe({ origin }, waitedMs / 1_000);
  if (loadMs !== null)
    loads.observe({ prefix: prefix ?? '(none)', origin, result: hasFailed ? 'failed' : 'loaded' }, loadMs / 1_000);
  if (hasFailed) loadFailures.add({ origin, code: codeOf(trace.error) });
}

/** Returns the code of an error of the cache; any other error has the code `origin`, so that the number of codes is bounded. */
function codeOf(error: unknown): string {
  return error instanceof CacheError ? error.code : 'origin';
}

function on<Message>(name: string | symbol, handle: (message: Message) => void): () => void {
  const listener = (message: unknown) => handle(message as Message);
  subscribe(name, listener);
  return () => unsubscribe(name, listener);
}
