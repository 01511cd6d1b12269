import { parseRedisUrl } from '@pilotlight/cache-core/redis';
import { ExponentialBackoff, type IBackoff } from 'cockatiel';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { Logger } from './logger.ts';
import { callsForNewConnection, isServerRefusal, mayBeAcceptedLater, ServerAccess } from './server-access.ts';

/** A connection to the durable Redis: a server or a Cluster. */
export type QueueConnection = Redis | Cluster;

/** A connection without a reply within this time is closed and reopened, because the other end may have vanished silently. */
const ANSWER_WITHIN_MS = 4_000;
/** BullMQ's blocking command lets the server wait up to 10 s for a job. */
const BLOCKED_ANSWER_WITHIN_MS = 12_000;
const MAX_RETRY_MS = 2_000;
/** The pauses after refusals in a row. */
const REFUSALS = new ExponentialBackoff({ initialDelay: 50, maxDelay: MAX_RETRY_MS });
/** A refusal this long after the previous one starts again with the first pause. */
const FORGET_REFUSALS_MS = 10_000;
const PROBE_KEY = 'pilotlight:queue-probe';
const PROBE_KEPT_MS = 60_000;
const VARIABLE = 'REDIS_QUEUE_URL';

const accesses = new WeakMap<QueueConnection, ServerAccess>();

/**
 * Opens a connection for adding jobs. It fails fast while the server is unreachable, and never queues commands in this process.
 */
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

/**
 * Opens a connection for a BullMQ worker. Commands wait until the server is reachable. Its duplicates are for blocking
 * commands.
 */
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

/** Returns why the queue server cannot be used over `connection` now, or null if no problem is known. */
export function problemOf(connection: QueueConnection): string | null {
  return accesses.get(connection)?.problem ?? null;
}

/** Writes a key that expires. Rejects if the server refuses writes, which it may do although it answers PING. */
export async function probeWrite(connection: QueueConnection): Promise<void> {
  await connection.set(PROBE_KEY, Date.now(), 'PX', PROBE_KEPT_MS);
}

/** BullMQ uses a duplicate for the blocking command, and this connection for all other commands. */
class WorkerConnection extends Redis {
  override duplicate(override?: Partial<RedisOptions>): Redis {
    const access = accesses.get(this);
    // BullMQ itself repeats a refused blocking command, and abandons one that ioredis would repeat.
    const leaving = access && reconnection(access, { resends: false });
    const duplicate = super.duplicate({ ...override, socketTimeout: BLOCKED_ANSWER_WITHIN_MS, ...leaving });
    return access ? watched(duplicate, access, this) : duplicate;
  }
}

/** Returns BullMQ's options for the connection. In a Cluster, a prefix keeps all keys of a queue in one slot. */
export function queueOptions(
  connection: QueueConnection,
  queue: string,
): { connection: QueueConnection; prefix?: string } {
  return connection instanceof Cluster ? { connection, prefix: `{bull:${queue}}` } : { connection };
}

type Patience = Pick<RedisOptions, 'commandTimeout' | 'maxRetriesPerRequest' | 'connectTimeout' | 'socketTimeout'>;

/**
 * Returns options that reconnect after refused commands (a master became a replica, or a server loads its data), because the address
 * may lead to another server now. The pause grows with each refusal in a row, up to 2 s. Each connection needs its own options,
 * because they count its refusals.
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

/** Reports errors and reconnections of the connection to `access`. Probe writes go over `main`. */
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
