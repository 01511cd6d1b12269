import { parseRedisUrl } from '@pilotlight/cache-core/redis';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { Logger } from './logger.ts';

/** To the durable Redis: a server, or a Cluster. */
export type QueueConnection = Redis | Cluster;

/** For adding: fails soon when the server is away, and never queues commands in this process. */
export function connectProducer(url: string, logger: Logger): QueueConnection {
  const options = { commandTimeout: 1_000, maxRetriesPerRequest: 1, connectTimeout: 2_000 };
  return told('queue connection', logger, connect(url, options, false));
}

/** For a BullMQ worker, which blocks on it: waits as long as it takes. */
export function connectWorkerConnection(url: string, logger: Logger): QueueConnection {
  return told('worker connection', logger, connect(url, { maxRetriesPerRequest: null, connectTimeout: 2_000 }, true));
}

/** What BullMQ has to know of the connection: in a Cluster all keys of a queue are in one slot. */
export function queueOptions(
  connection: QueueConnection,
  queue: string,
): { connection: QueueConnection; prefix?: string } {
  return connection instanceof Cluster ? { connection, prefix: `{bull:${queue}}` } : { connection };
}

type Patience = Pick<RedisOptions, 'commandTimeout' | 'maxRetriesPerRequest' | 'connectTimeout'>;

function connect(url: string, options: Patience, enableOfflineQueue: boolean): QueueConnection {
  const { isCluster, nodes, access, lookup } = parseRedisUrl('REDIS_QUEUE_URL', url);
  if (!isCluster) return new Redis(url, { ...options, enableOfflineQueue });
  return new Cluster([...nodes], {
    enableOfflineQueue,
    clusterNodeRetryStrategy: (times) => Math.min(50 * times, 2_000),
    redisOptions: { ...options, ...access },
    ...lookup,
  });
}

function told(what: string, logger: Logger, connection: QueueConnection): QueueConnection {
  connection.on('error', (error: Error) => logger.debug({ err: error }, what));
  return connection;
}
