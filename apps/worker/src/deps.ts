import { hostname } from 'node:os';
import process from 'node:process';
import { CacheManager } from '@pilotlight/cache-core';
import { connectRedis, type RedisConnections, type RedisPorts } from '@pilotlight/cache-core/redis';
import { createOrigin, type Origin } from '@pilotlight/origin';
import { ORIGINS } from '@pilotlight/recipes';
import {
  AuditFindings,
  type Config,
  connectProducer,
  connectWorkerConnection,
  InvalidationJournal,
  type Logger,
  type QueueConnection,
} from '@pilotlight/runtime';
import { CONCURRENCY } from './limits.ts';
import { Reclaimer } from './reclaimer.ts';
import { WorkMetrics } from './worker-metrics.ts';

export type ServiceUrls = Pick<Config, 'databaseUrl' | 'redisCacheUrl' | 'redisQueueUrl'>;
/** Missing settings default to the values of their packages. */
type Settings = Partial<
  Pick<
    Config,
    | 'elasticsearch'
    | 'ingestMaxRecords'
    | 'ingestMaxUnpackedBytes'
    | 'shapes'
    | 'allowUnsafeRedis'
    | 'originLimits'
    | 'streamLimits'
    | 'warmingShare'
    | 'rawRetentionMs'
  > & { readonly redisTimeouts: Pick<RedisConnections, 'cacheTimeout' | 'queueTimeout'> }
>;

/** The services and clients of the worker process. */
export interface Deps {
  readonly origin: Origin;
  readonly redis: RedisPorts;
  readonly cache: CacheManager;
  /** When and why the latest invalidations were made, and which process confirmed them. */
  readonly journal: InvalidationJournal;
  /** The stale answers that auditors found. */
  readonly findings: AuditFindings;
  readonly reclaimer: Reclaimer;
  /** Counts the work of this process. */
  readonly work: WorkMetrics;
  /** Adds jobs. Commands fail fast while the queue server is unreachable. */
  readonly producer: QueueConnection;
  /** Takes jobs. Commands wait until the queue server is reachable. */
  readonly workerConnection: QueueConnection;
  /** The share of the origin's time that warming may use, summed over all workers. */
  readonly warmingShare: number;
  /** How long uploaded bytes are kept, in ms since the upload. */
  readonly rawRetentionMs: number;
  close(): Promise<void>;
}

/** Constructs every client without waiting. Each client reconnects by itself while its server is unreachable. */
export function openDeps(
  { databaseUrl, redisCacheUrl: cacheUrl, redisQueueUrl: queueUrl, ...settings }: ServiceUrls & Settings,
  logger: Logger,
): Deps {
  const origin = createOrigin({
    databaseUrl,
    elasticsearch: settings.elasticsearch ?? null,
    ...settings.originLimits,
    ...(settings.streamLimits && { streamLimits: settings.streamLimits }),
    ingestThreads: CONCURRENCY.ingest,
    fileLimits: {
      ...(settings.ingestMaxRecords !== undefined && { maxRecords: settings.ingestMaxRecords }),
      ...(settings.ingestMaxUnpackedBytes !== undefined && { maxUnpackedBytes: settings.ingestMaxUnpackedBytes }),
    },
    shapes: settings.shapes ?? [],
    onError: (error) => logger.debug({ err: error }, 'origin'),
  });
  const redis = connectRedis({
    cacheUrl,
    queueUrl,
    logger,
    allowUnsafeServers: settings.allowUnsafeRedis ?? false,
    ...settings.redisTimeouts,
  });
  const id = `worker:${hostname()}:${process.pid}`;
  const cache = new CacheManager({
    id,
    ports: redis,
    logger,
    origins: { [ORIGINS.search]: {}, [ORIGINS.elasticsearch]: {} },
  });
  const producer = connectProducer(queueUrl, logger);
  const workerConnection = connectWorkerConnection(queueUrl, logger);
  return {
    origin,
    redis,
    cache,
    journal: new InvalidationJournal(producer, logger),
    findings: new AuditFindings(producer),
    work: new WorkMetrics(),
    reclaimer: new Reclaimer({ cache, logger }),
    producer,
    workerConnection,
    warmingShare: settings.warmingShare ?? 0.25,
    rawRetentionMs: settings.rawRetentionMs ?? 0,
    close: async () => {
      producer.disconnect();
      workerConnection.disconnect();
      await origin.close();
    },
  };
}
