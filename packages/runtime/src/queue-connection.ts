import { parseRedisUrl } from '@pilotlight/cache-core/redis';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { Logger } from './logger.ts';

/** To the durable Redis: a server, or a Cluster. */
export type QueueConnection = Redis | Cluster;

/** A connection whose other end is gone without a word is found out by an answer that does not come, and made anew. */
const ANSWER_WITHIN_MS = 4_000;
/** BullMQ lets the server wait for a job up to 10 s before it answers. */
const BLOCKED_ANSWER_WITHIN_MS = 12_000;

/** For adding: fails soon when the server is away, and never queues commands in this process. */
export function connectProducer(url: string, logger: Logger): QueueConnection {
  const options = {
    commandTimeout: 1_000,
    maxRetriesPerRequest: 1,
    connectTimeout: 2_000,
    socketTimeout: ANSWER_WITHIN_MS / 2,
  };
  return told('queue connection', logger, connect(url, options, false));
}

/** For a BullMQ worker: commands wait as long as it takes until there is a server. Its duplicates are for blocking on. */
export function connectWorkerConnection(url: string, logger: Logger): QueueConnection {
  const options = { maxRetriesPerRequest: null, connectTimeout: 2_000 };
  const connection = isCluster(url)
    ? connect(url, { ...options, socketTimeout: BLOCKED_ANSWER_WITHIN_MS }, true)
    : new WorkerConnection(url, { ...options, socketTimeout: ANSWER_WITHIN_MS });
  return told('worker connection', logger, connection);
}

/** BullMQ takes a duplicate for the command that waits for a job, and this one for all others. */
class WorkerConnection extends Redis {
  override duplicate(override?: Partial<RedisOptions>): Redis {
    return super.duplicate({ ...override, socketTimeout: BLOCKED_ANSWER_WITHIN_MS });
  }
}

/** What BullMQ has to know of the connection: in a Cluster all keys of a queue are in one slot. */
export function queueOptions(
  connection: QueueConnection,
  queue: string,
): { connection: QueueConnection; prefix?: string } {
  return connection instanceof Cluster ? { connection, prefix: `{bull:${queue}}` } : { connection };
}

type Patience = Pick<RedisOptions, 'commandTimeout' | 'maxRetriesPerRequest' | 'connectTimeout' | 'socketTimeout'>;

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

function isCluster(url: string): boolean {
  return parseRedisUrl('REDIS_QUEUE_URL', url).isCluster;
}

function told(what: string, logger: Logger, connection: QueueConnection): QueueConnection {
  connection.on('error', (error: Error) => logger.debug({ err: error }, what));
  return connection;
}
