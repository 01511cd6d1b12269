import { hostname } from 'node:os';
import process from 'node:process';
import { CacheManager, LoadTimedOut } from '@pilotlight/cache-core';
import { connectRedis, type RedisPorts } from '@pilotlight/cache-core/redis';
import { createOrigin, type Origin, OriginUnavailable } from '@pilotlight/origin';
import { ORIGINS } from '@pilotlight/recipes';
import {
  AuditFindings,
  type Config,
  connectLimitStore,
  connectProducer,
  InvalidationJournal,
  type Logger,
  Metrics,
  openQueues,
  ProcessRegister,
  ProcessReporter,
  type QueueConnection,
  type Queues,
  Since,
} from '@pilotlight/runtime';
import { RateLimits } from './access/rate-limits.ts';
import { AuditLog } from './audit/audit-log.ts';
import { DemoReader } from './demo/demo-reader.ts';
import { type Access, createAccess } from './http/access.ts';
import { all, type OnAnswered } from './http/answered.ts';
import { MemoizedCall } from './http/memoized-call.ts';
import { ReadQueue } from './http/read-queue.ts';
import { requestLog } from './http/request-log.ts';
import { LineCounts } from './ingest/line-metrics.ts';
import { createLive } from './live/live-sections.ts';
import type { LiveState } from './live/live-state.ts';
import { watchHealth } from './live/watch-health.ts';
import { addApiMetrics } from './metrics/api-metrics.ts';
import { HttpMetrics } from './metrics/http-metrics.ts';
import { Migrations } from './migrations.ts';
import { type Probes, probeAll } from './readiness.ts';
import { OpenStreams } from './streams/open-streams.ts';
import { SyslogCounts } from './syslog/syslog-metrics.ts';

/** Everything the api depends on. Only this file constructs clients. */
export interface Deps {
  readonly config: Config;
  readonly logger: Logger;
  readonly access: Access;
  readonly rateLimits: RateLimits;
  readonly audit: AuditLog;
  readonly origin: Origin;
  readonly metrics: Metrics;
  readonly migrations: Migrations;
  readonly redis: RedisPorts;
  readonly cache: CacheManager;
  /** When and why the latest invalidations were made, and which process confirmed them. */
  readonly journal: InvalidationJournal;
  /** The stale answers that auditors found. */
  readonly findings: AuditFindings;
  /** For reading only: the workers' relay adds the jobs. */
  readonly queues: Queues;
  readonly queueConnection: QueueConnection;
  /** Observes each answered request. */
  readonly onAnswered: OnAnswered;
  /** Aborted when the process begins to shut down, so that requests that wait are answered at once. */
  readonly stopping: AbortController;
  /** The reads that the fast path has not answered. */
  readonly readQueue: ReadQueue;
  /** Probes every dependency, at most once a second for all callers together. */
  readonly probes: MemoizedCall<Probes>;
  readonly live: LiveState;
  /** Null unless the environment asks for demo traffic. */
  readonly demo: DemoReader | null;
  /** Every process, and the report of this one. */
  readonly processes: { readonly register: ProcessRegister; readonly reporter: ProcessReporter };
  /** Since when this process sees each dependency in its present state. */
  readonly since: Since;
  /** The uploads, and requests with lines, that are in progress by uploader. */
  readonly uploadsInProgress: Map<string, number>;
  /** The open streams of server-sent events. */
  readonly streams: OpenStreams;
  /** Counts the lines that come without a file. */
  readonly lineCounts: LineCounts;
  /** Counts the messages of the syslog listener. */
  readonly syslogCounts: SyslogCounts;
}

/**
 * Only failures of the server itself count for its circuit breaker; an invalid request does not. The breaker probes the
 * server after 1 s, because until then every request that misses the cache fails.
 */
const ORIGIN = {
  isFailure: (error: unknown) => error instanceof OriginUnavailable || error instanceof LoadTimedOut,
  breaker: { openFor: '1s' },
} as const;

/**
 * Returns the limits of searches: they use at most three quarters of the connections, and none waits for longer than a search may take. So
 * slow searches keep no other read waiting.
 */
function searchLimits({ originLimits, searchTimeoutMs }: Pick<Config, 'originLimits' | 'searchTimeoutMs'>) {
  return { concurrency: Math.max(1, Math.floor((originLimits.poolSize * 3) / 4)), waitAtMost: searchTimeoutMs };
}

/** Clients may ask at any rate, and a probe opens a connection. */
const PROBED_EVERY_MS = 1_000;

/** Constructs all clients. They connect in the background, so an unreachable server does not make this fail. */
export function createDeps(config: Config, logger: Logger): Deps {
  const stopping = new AbortController();
  const origin = createOrigin({
    databaseUrl: config.databaseUrl,
    elasticsearch: config.elasticsearch,
    ...config.originLimits,
    searchTimeoutMs: config.searchTimeoutMs,
    uploadMaxBytes: config.uploadMaxBytes,
    storageLimits: config.storageLimits,
    quotas: config.quotas,
    streamLimits: config.streamLimits,
    onError: (error) => logger.warn({ err: error }, 'origin'),
  });
  const migrations = new Migrations({ origin, logger, signal: stopping.signal });
  // Before the connections, because it may refuse the configuration.
  const access = createAccessDeps(config, { logger, origin, migrations });
  const redis = connectRedis({
    cacheUrl: config.redisCacheUrl,
    queueUrl: config.redisQueueUrl,
    allowUnsafeServers: config.allowUnsafeRedis,
    logger,
  });
  const queueConnection = connectProducer(config.redisQueueUrl, logger);
  const cache = createCache(config, { redis, logger });
  const metrics = new Metrics(logger);
  const http = new HttpMetrics();
  const deps = {
    config,
    logger,
    ...access,
    origin,
    metrics,
    migrations,
    redis,
    cache,
    processes: createProcesses({ cache, queueConnection, logger }),
    since: new Since(),
    journal: new InvalidationJournal(queueConnection, logger),
    findings: new AuditFindings(queueConnection),
    queues: openQueues(queueConnection, logger),
    queueConnection,
    onAnswered: all([requestLog(logger), http.observe]),
    stopping,
    readQueue: new ReadQueue(),
    demo: createDemo(config, logger, stopping.signal),
    streams: new OpenStreams(config.eventStreams, stopping.signal),
    uploadsInProgress: new Map<string, number>(),
    ...createCounts(),
  };
  const probes: MemoizedCall<Probes> = new MemoizedCall(() => probeAll(deps), PROBED_EVERY_MS);
  const stopCounting = addApiMetrics(metrics, { ...deps, http });
  stopping.signal.addEventListener('abort', stopCounting, { once: true });
  const parts = { ...deps, probes };
  watchHealth(parts);
  return { ...parts, live: createLive(parts) };
}

function createCounts(): Pick<Deps, 'lineCounts' | 'syslogCounts'> {
  return { lineCounts: new LineCounts(), syslogCounts: new SyslogCounts() };
}

function createCache(config: Config, { redis, logger }: Pick<Deps, 'redis' | 'logger'>): CacheManager {
  const limits = { ...ORIGIN, maxExpectedWait: config.readMaxWaitMs };
  return new CacheManager({
    id: `api:${hostname()}:${process.pid}`,
    ports: redis,
    logger,
    memoryBytes: config.cacheMemoryBytes,
    origins: {
      // One load per connection: others wait here, where their wait is bounded, and not for a connection, which ends as a failure.
      default: { ...limits, concurrency: config.originLimits.poolSize },
      [ORIGINS.elasticsearch]: limits,
      [ORIGINS.search]: { ...limits, ...searchLimits(config) },
    },
  });
}

function createProcesses({
  cache,
  queueConnection,
  logger,
}: Pick<Deps, 'cache' | 'queueConnection' | 'logger'>): Deps['processes'] {
  const register = new ProcessRegister(queueConnection);
  return { register, reporter: new ProcessReporter({ kind: 'api', register, cache, logger }) };
}

function createAccessDeps(
  config: Config,
  { logger, origin, migrations }: Pick<Deps, 'logger' | 'origin' | 'migrations'>,
): Pick<Deps, 'access' | 'rateLimits' | 'audit'> {
  const rateLimits = new RateLimits({
    limits: config.rateLimits,
    store: connectLimitStore(config.redisCacheUrl),
    logger,
  });
  const ready = (): Promise<void> => migrations.ready();
  const audit = new AuditLog({ store: origin.audit, logger, bounds: config.audit, ready });
  return { access: createAccess(config, { logger, rateLimits, audit }), rateLimits, audit };
}

function createDemo({ demoTraffic }: Config, logger: Logger, signal: AbortSignal): DemoReader | null {
  if (!demoTraffic) return null;
  return new DemoReader({
    signal,
    onError: (error) => logger.warn({ err: error }, 'a read of the demo traffic failed'),
  });
}
