import type { CacheManager } from '@pilotlight/cache-core';
import type { RedisPorts } from '@pilotlight/cache-core/redis';
import { Histogram, type HistogramState } from './histogram.ts';
import type { Metrics, Point, Specs } from './metrics.ts';

const CACHE_METRICS = {
  reads: counter('reads_total', 'Reads that got an answer', ['prefix', 'outcome', 'tier']),
  readDuration: {
    name: 'pilotlight_cache_read_duration_seconds',
    kind: 'histogram',
    help: 'How long reads took, exact to 25 %. Of memory hits one in 16 is timed and counts for the others',
    labels: ['prefix', 'outcome'],
  },
  readFailures: counter('read_failures_total', 'Reads that got no answer', ['prefix']),
  collapsed: counter('collapsed_reads_total', 'Reads that were answered by the load of another read', ['prefix']),
  unverified: counter('unverified_reads_total', 'Answers that could not be checked against a current log', ['prefix']),
  bytes: counter('bytes_served_total', 'Bytes of the answers', ['prefix']),
  saved: counter('load_seconds_saved_total', 'Load time of the answers that a tier served', ['prefix']),
  fenced: counter('fenced_fills_total', 'Loaded answers that were not stored: an invalidation hit them meanwhile', []),
  memoryBytes: gauge('memory_bytes', 'Bytes of the entries in the memory of this process', []),
  memoryEntries: gauge('memory_entries', 'Entries in the memory of this process', []),
  lease: gauge('lease_state', '1 for the state of this process towards the log, 0 for the others', ['state']),
  epoch: gauge('log_epoch', 'The epoch of the invalidation log', []),
  applied: gauge('log_applied_position', 'The last position that this process has applied', []),
  lag: gauge('log_lag_records', 'Records that the last renewal found and this process has not applied yet', []),
  calls: gauge('origin_calls', 'Calls of an origin: running, waiting for a permit, timed out but not ended', [
    'origin',
    'state',
  ]),
  permits: gauge('origin_permits', 'Calls of an origin that may run at the same time', ['origin']),
  refused: counter('origin_refused_total', 'Calls of an origin that were refused: too many waited, or for too long', [
    'origin',
  ]),
  breaker: gauge('origin_breaker_state', '1 for the state of the circuit breaker, 0 for the others', [
    'origin',
    'state',
  ]),
} as const satisfies Specs;

const REDIS_METRICS = {
  errors: {
    name: 'pilotlight_redis_errors_total',
    kind: 'counter',
    help: 'Failed commands: a known error reply by its code, any other as reply, and unreachable',
    labels: ['server', 'kind'],
  },
} as const satisfies Specs;

const LOG_METRICS = {
  length: gauge('log_records', 'Records in the invalidation log', []),
} as const satisfies Specs;

function counter<const Labels extends readonly string[]>(name: string, help: string, labels: Labels) {
  return { name: `pilotlight_cache_${name}`, kind: 'counter', help, labels } as const;
}

function gauge<const Labels extends readonly string[]>(name: string, help: string, labels: Labels) {
  return { name: `pilotlight_cache_${name}`, kind: 'gauge', help, labels } as const;
}

/** Adds the metrics of a cache and of its Redis connections. */
export function addCacheMetrics(
  metrics: Metrics,
  cache: CacheManager,
  redis: Pick<RedisPorts, 'errors' | 'logLength'>,
): void {
  metrics.group('cache', CACHE_METRICS, () => ({ ...readsOf(cache), ...stateOf(cache), ...originsOf(cache) }));
  metrics.group('redis', REDIS_METRICS, () => ({
    errors: (['cache', 'queue'] as const).flatMap((server) =>
      [...new Map([['unreachable', 0], ...redis.errors[server]])].map(([kind, value]) => ({
        labels: { server, kind },
        value,
      })),
    ),
  }));
  metrics.group('log', LOG_METRICS, async () => ({ length: one(await redis.logLength()) }), { everyMs: 1_000 });
}

const one = (value: number): Point[] => [{ labels: {}, value }];

function readsOf({ internal }: CacheManager) {
  const prefixes = internal.reporter.sinceStart();
  const each = (value: (counts: (typeof prefixes)[number]) => number): Point[] =>
    prefixes.map((counts) => ({ labels: { prefix: counts.prefix }, value: value(counts) }));
  return {
    reads: prefixes.flatMap(({ prefix, reads }) =>
      reads.map(({ outcome, tier, n }) => ({ labels: { prefix, outcome, tier: tier ?? '' }, value: n })),
    ),
    readDuration: prefixes.flatMap(({ prefix, latency }) =>
      (['hit', 'miss'] as const).map((outcome) => ({
        labels: { prefix, outcome },
        value: secondsOf(latency[outcome]),
      })),
    ),
    readFailures: each(({ failures }) => failures),
    collapsed: each(({ collapsed }) => collapsed),
    unverified: each(({ unverified }) => unverified),
    bytes: each(({ bytes }) => bytes),
    saved: each(({ loadMsSaved }) => loadMsSaved / 1_000),
  };
}

/** Seconds, from a memory hit to a slow load. */
const READ_SECONDS = [
  0.000_002, 0.000_005, 0.000_01, 0.000_05, 0.000_25, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
  30,
];

/** Returns classes of durations as a histogram. A class counts as its upper bound. */
function secondsOf(classes: readonly { upToMs: number; reads: number }[]): HistogramState {
  const histogram = new Histogram(READ_SECONDS);
  for (const { upToMs, reads } of classes) histogram.observe(upToMs / 1_000, reads);
  return histogram;
}

function stateOf({ internal }: CacheManager) {
  const { memory, follower, filler } = internal.engine;
  const { epoch, asOf } = follower.stamp;
  const state = follower.state;
  return {
    fenced: one(filler.fenced),
    memoryBytes: one(memory.sizeBytes),
    memoryEntries: one(memory.size),
    lease: (['current', 'leaseExpired', 'disconnected'] as const).map((name) => flag({ state: name }, name === state)),
    epoch: one(epoch),
    applied: one(asOf),
    lag: one(follower.lag),
  };
}

function originsOf({ internal }: CacheManager) {
  const origins = [...internal.engine.origins];
  return {
    calls: origins.flatMap(([origin, { state: calls }]) =>
      (['running', 'waiting', 'abandoned'] as const).map((state) => ({
        labels: { origin, state },
        value: calls[state],
      })),
    ),
    permits: origins.map(([origin, { permits }]) => ({ labels: { origin }, value: permits })),
    refused: origins.map(([origin, { refused }]) => ({ labels: { origin }, value: refused })),
    breaker: origins.flatMap(
      ([
        origin,
        {
          state: { breaker },
        },
      ]) => (['closed', 'half-open', 'open'] as const).map((state) => flag({ origin, state }, state === breaker)),
    ),
  };
}

const flag = (labels: Point['labels'], isSet: boolean): Point => ({ labels, value: isSet ? 1 : 0 });
