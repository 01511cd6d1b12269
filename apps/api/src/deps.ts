import { CacheManager, LoadTimedOut } from '@pilotlight/cache-core';
import { connectRedis, type RedisPorts } from '@pilotlight/cache-core/redis';
import { createOrigin, type Origin, OriginUnavailable } from '@pilotlight/origin';
import {
  type Config,
  connectProducer,
  type Logger,
  openQueues,
  type QueueConnection,
  type Queues,
} from '@pilotlight/runtime';
import { Schema } from './schema.ts';

/** All that the api is made of. Only this file constructs clients. */
export interface Deps {
  readonly config: Config;
  readonly logger: Logger;
  readonly origin: Origin;
  readonly schema: Schema;
  readonly redis: RedisPorts;
  readonly cache: CacheManager;
  /** To be looked at; jobs are added by the workers' relay. */
  readonly queues: Queues;
  /** What the queues are on. */
  readonly queueConnection: QueueConnection;
  /** Aborted when the process begins to shut down: whoever waits for something answers now. */
  readonly stopping: AbortController;
}

/**
 * Only what the database itself could not do counts against it: a client that asks for nonsense is an answer. It is tried
 * again soon, because until then nobody is served who asks for something new.
 */
const ORIGIN = {
  isFailure: (error: unknown) => error instanceof OriginUnavailable || error instanceof LoadTimedOut,
  breaker: { openFor: '1s' },
} as const;

/** Connects in the background: a server that is away keeps nothing from being built. */
export function createDeps(config: Config, logger: Logger): Deps {
  const stopping = new AbortController();
  const origin = createOrigin({
    databaseUrl: config.databaseUrl,
    ...config.originLimits,
    uploadMaxBytes: config.uploadMaxBytes,
    onError: (error) => logger.warn({ err: error }, 'origin'),
  });
  const redis = connectRedis({
    cacheUrl: config.redisCacheUrl,
    queueUrl: config.redisQueueUrl,
    allowUnsafeServers: config.allowUnsafeRedis,
    logger,
  });
  const queueConnection = connectProducer(config.redisQueueUrl, logger);
  return {
    config,
    logger,
    origin,
    schema: new Schema({ origin, logger, signal: stopping.signal }),
    redis,
    cache: new CacheManager({ ports: redis, logger, origins: { default: ORIGIN } }),
    queues: openQueues(queueConnection, logger),
    queueConnection,
    stopping,
  };
}
