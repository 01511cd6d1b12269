import { parseRedisUrl } from '@pilotlight/cache-core/redis';
import { ExponentialBackoff, type IBackoff } from 'cockatiel';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { Logger } from './logger.ts';
import { callsForNewConnection, isServerRefusal, mayBeAcceptedLater, ServerAccess } from './server-access.ts';

/** To the durable Redis: a server, or a Cluster. */
export type QueueConnection = Redis | Cluster;

/** A connection whose other end is gone without a word is found out by an answer that does not come, and made anew. */
const ANSWER_WITHIN_MS = 4_000;
/** BullMQ lets the server wait for a job up to 10 s before it answers. */
const BLOCKED_ANSWER_WITHIN_MS = 12_000;
const MAX_RETRY_MS = 2_000;
/** The pauses after refusals in a row. */
const REFUSALS = new ExponentialBackoff({ initialDelay: 50, maxDelay: MAX_RETRY_MS });
/** A refusal this long after the one before begins with the shortest pause again. */
const FORGET_REFUSALS_MS = 10_000;
const PROBE_KEY = 'pilotlight:queue-probe';
const PROBE_KEPT_MS = 60_000;
const VARIABLE = 'REDIS_QUEUE_URL';

const accesses = new WeakMap<QueueConnection, ServerAccess>();

/** For adding: fails soon when the server is away, and never queues commands in this process. */
export function connectProducer(url: string, logger: Logger): QueueConnection {
  const options = {
    commandTimeout: 1_000,
    maxRetriesPerRequest: 1,
    connectTimeout: 2_000,
    socketTimeout: ANSWER_WITHIN_MS / 2,
  };
  const access = new ServerAccess({ what: 'queue connection', variable: VARIABLE, url, logger });
  const connection = isCluster(url)
    ? connectCluster(url, options, false)
    : new Redis(url, { ...options, enableOfflineQueue: false, ...reconnection(access, { resends: false }) });
  return watched(connection, access);
}

/** For a BullMQ worker: commands wait as long as it takes until there is a server. Its duplicates are for blocking on. */
export function connectWorkerConnection(url: string, logger: Logger): QueueConnection {
  const options = { maxRetriesPerRequest: null, connectTimeout: 2_000 };
  const access = new ServerAccess({ what: 'worker connection', variable: VARIABLE, url, logger });
  const connection = isCluster(url)
    ? connectCluster(url, { ...options, socketTimeout: BLOCKED_ANSWER_WITHIN_MS }, true)
    : new WorkerConnection(url, {
        ...options,
        socketTimeout: ANSWER_WITHIN_MS,
        ...reconnection(access, { resends: true }),
      });
  return watched(connection, access);
}

/** Returns why the queue server can't be used over `connection` now, or null if nothing is known against it. */
export function problemOf(connection: QueueConnection): string | null {
  return accesses.get(connection)?.problem ?? null;
}

/** Writes a key that expires. Rejects as every other write does: a server that answers PING may refuse writes. */
export async function probeWrite(connection: QueueConnection): Promise<void> {
  await connection.set(PROBE_KEY, Date.now(), 'PX', PROBE_KEPT_MS);
}

/** BullMQ takes a duplicate for the command that waits for a job, and this one for all others. */
class WorkerConnection extends Redis {
  override duplicate(override?: Partial<RedisOptions>): Redis {
    const access = accesses.get(this);
    // BullMQ sends a refused blocking command again by itself, and abandons one that ioredis would send again.
    const leaving = access && reconnection(access, { resends: false });
    const duplicate = super.duplicate({ ...override, socketTimeout: BLOCKED_ANSWER_WITHIN_MS, ...leaving });
    return access ? watched(duplicate, access, this) : duplicate;
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

/**
 * Leaves a server that refuses commands (a master that became a replica, one that loads its data) for the server that its
 * address leads to now. Each refusal in a row doubles the pause, up to 2 s. One connection's own: it counts its refusals.
 *
 * @param resends whether a refused command is sent again on the new connection; a refused command has had no effect
 */
function reconnection(
  access: ServerAccess,
  { resends }: { resends: boolean },
): Pick<RedisOptions, 'reconnectOnError' | 'retryStrategy'> {
  let backoff: IBackoff<unknown> | null = null;
  let refusedAt = Number.NEGATIVE_INFINITY;
  let isLeaving = false;
  return {
    reconnectOnError: (error) => {
      if (!(resends ? mayBeAcceptedLater(error) : callsForNewConnection(error))) return false;
      isLeaving = true;
      access.refused(error);
      return resends ? 2 : true;
    },
    retryStrategy: (times) => {
      const now = performance.now();
      if (now - refusedAt > FORGET_REFUSALS_MS) backoff = null;
      if (isLeaving) {
        backoff = backoff?.next(undefined) ?? REFUSALS.next();
        refusedAt = now;
        isLeaving = false;
      }
      return Math.min(Math.max(50 * times, backoff?.duration ?? 0), MAX_RETRY_MS);
    },
  };
}

function connectCluster(url: string, options: Patience, enableOfflineQueue: boolean): Cluster {
  const { nodes, access, lookup } = parseRedisUrl(VARIABLE, url);
  return new Cluster([...nodes], {
    enableOfflineQueue,
    clusterNodeRetryStrategy: (times) => Math.min(50 * times, MAX_RETRY_MS),
    redisOptions: { ...options, ...access, reconnectOnError: callsForNewConnection },
    ...lookup,
  });
}

function isCluster(url: string): boolean {
  return parseRedisUrl(VARIABLE, url).isCluster;
}

/** Reports to `access` what the connection meets; writes that show that it is accepted again go over `main`. */
function watched<Connection extends QueueConnection>(
  connection: Connection,
  access: ServerAccess,
  main: QueueConnection = connection,
): Connection {
  accesses.set(connection, access);
  connection.on('error', (error: Error) => {
    if (isServerRefusal(error)) access.refused(error);
    else access.unreachable(error);
  });
  connection.on('ready', () => access.ready(() => probeWrite(main)));
  return connection;
}
