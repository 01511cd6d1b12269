import { CacheManager } from '@pilotlight/cache-core';
import { connectRedis, type RedisPorts } from '@pilotlight/cache-core/redis';
import { createOrigin, type Origin } from '@pilotlight/origin';
import {
  type Config,
  connectProducer,
  connectWorkerConnection,
  type Logger,
  openQueues,
  type QueueConnection,
  type Queues,
} from '@pilotlight/runtime';
import { CONCURRENCY } from './limits.ts';
import { Reclaimer } from './reclaimer.ts';

export type ServiceUrls = Pick<Config, 'databaseUrl' | 'redisCacheUrl' | 'redisQueueUrl'>;
/** Absent settings have the defaults of their packages. */
type Settings = Partial<
  Pick<Config, 'ingestMaxRecords' | 'ingestMaxUnpackedBytes' | 'allowUnsafeRedis' | 'originLimits' | 'warmingShare'>
>;

/** What the worker process talks to. */
export interface Deps {
  readonly origin: Origin;
  readonly redis: RedisPorts;
  readonly cache: CacheManager;
  readonly reclaimer: Reclaimer;
  /** Adds jobs: fails soon when the queue server is away. */
  readonly producer: QueueConnection;
  /** Takes jobs: waits as long as it takes. */
  readonly workerConnection: QueueConnection;
  /** The share of the origin's time that warming may use, over all workers. */
  readonly warmingShare: number;
  close(): Promise<void>;
}

/** Constructs every client; nothing is waited for, and what is away is tried again by each of them. */
export function openDeps(
  { databaseUrl, redisCacheUrl: cacheUrl, redisQueueUrl: queueUrl, ...settings }: ServiceUrls & Settings,
  logger: Logger,
): Deps {
  const origin = createOrigin({
    databaseUrl,
    ...settings.originLimits,
    ingestThreads: CONCURRENCY.ingest,
    fileLimits: {
      ...(settings.ingestMaxRecords !== undefined && { maxRecords: settings.ingestMaxRecords }),
      ...(settings.ingestMaxUnpackedBytes !== undefined && { maxUnpackedBytes: settings.ingestMaxUnpackedBytes }),
    },
    onError: (error) => logger.debug({ err: error }, 'origin'),
  });
  const redis = connectRedis({ cacheUrl, queueUrl, allowUnsafeServers: settings.allowUnsafeRedis ?? false, logger });
  const cache = new CacheManager({ ports: redis, logger });
  const producer = connectProducer(queueUrl, logger);
  const workerConnection = connectWorkerConnection(queueUrl, logger);
  return {
    origin,
    redis,
    cache,
    reclaimer: new Reclaimer({ cache, logger }),
    producer,
    workerConnection,
    warmingShare: settings.warmingShare ?? 0.25,
    close: async () => {
      producer.disconnect();
      workerConnection.disconnect();
      await origin.close();
    },
  };
}

/**
 * The queues for adding jobs. Only once the server answers: BullMQ asks it for its version as a queue is opened, and one
 * that got no answer then stays unusable.
 */
export function openJobQueues({ producer }: Deps, logger: Logger): Queues {
  return openQueues(producer, logger);
}
