import { Redis } from 'ioredis';
import { systemClock } from '../model/clock.ts';
import { type Duration, toMs } from '../model/duration.ts';
import { InvalidArgument, ifUnreachable } from '../model/errors.ts';
import { assertKnownOptions } from '../model/known-options.ts';
import { assertLogger, type CacheLogger } from '../model/logger.ts';
import type { CachePorts } from '../ports/cache-ports.ts';
import { withDeadline } from './deadlines.ts';
import { ErrorReplies } from './error-replies.ts';
import { type ConnectivityOptions, logConnectivity } from './log-connectivity.ts';
import { mastersOf, openRedis, openSubscription, type RedisClient } from './open-redis.ts';
import { RedisCounters } from './redis-counters.ts';
import { RedisFillLock } from './redis-fill-lock.ts';
import { RedisHotKeys } from './redis-hot-keys.ts';
import { RedisLog } from './redis-log.ts';
import { RedisTier } from './redis-tier.ts';
import { parseRedisUrl } from './redis-url.ts';
import { type RedisInfo, serverInfo } from './server-info.ts';
import { ServerRoles } from './server-roles.ts';
import { Subscriber } from './subscriber.ts';

/** The two servers, and their time limits. */
export interface RedisConnections {
  /**
   * The URL of the evicting server, which holds entries only; losing it costs time, never correctness. Several nodes
   * separated by commas are a Redis Cluster, here and in `queueUrl`.
   */
  readonly cacheUrl: string;
  /** The URL of the durable server (`noeviction`): invalidation log, locks, counters, hot keys. */
  readonly queueUrl: string;
  /** Logs when a server becomes unreachable and reachable. */
  readonly logger: CacheLogger;
  /**
   * Separates several caches on one pair of servers; entries themselves are under their plain keys. Defaults to
   * `pilotlight`.
   */
  readonly namespace?: string;
  /**
   * How long a command to the cache server may take without a byte from it: the maximum delay of a read by a server that
   * does not answer. A large answer in transit is waited for, at most ten times as long. Defaults to 50 ms.
   */
  readonly cacheTimeout?: Duration;
  /** How long a command to the durable server may take. Keep it well below the lease. Defaults to 250 ms. */
  readonly queueTimeout?: Duration;
  /**
   * For development. By default a queue server that may evict (any `maxmemory-policy` but `noeviction`), or one server
   * for both roles, is rejected: the log is not used, so answers are unverified and invalidations stay `pending`. With
   * `true` such a log is used, and every answer is unverified. Defaults to false.
   */
  readonly allowUnsafeServers?: boolean;
}

export interface RedisPorts extends CachePorts {
  /** Returns the cache server's own statistics. */
  info(): Promise<RedisInfo>;
  /** Returns the milliseconds that each server (in a Cluster: its slowest master) took to answer, or null if it did not. */
  ping(): Promise<{ cacheMs: number | null; queueMs: number | null }>;
  /** Returns the number of records in the invalidation log. Rejects with `Unreachable` within a bounded time. */
  logLength(): Promise<number>;
  /**
   * The failed commands of this process for each server, by kind: the code of an error reply that is known (`OOM`), `reply` for
   * any other, and `unreachable` for a command without an answer.
   */
  readonly errors: { readonly cache: ReadonlyMap<string, number>; readonly queue: ReadonlyMap<string, number> };
  /**
   * Why the queue server does not suit the invalidation log, as text for people; null if it does, undefined until it is
   * known.
   */
  readonly unsafe: string | null | undefined;
}

/** Rejects braces, which select the node of a key in a Cluster, and ':lock', which `release.lua` looks for in the key of a lock. */
const NAMESPACE = /^(?!.*:lock)[\w.:-]{1,100}$/;

const OPTIONS = [
  'cacheUrl',
  'queueUrl',
  'logger',
  'namespace',
  'cacheTimeout',
  'queueTimeout',
  'allowUnsafeServers',
] as const satisfies (keyof RedisConnections)[];

/**
 * Connects in the background. It retries unreachable servers without a limit and never throws because of them.
 *
 * @throws InvalidArgument if an option is invalid
 */
export function connectRedis(options: RedisConnections): RedisPorts {
  const { cacheUrl, queueUrl, logger, namespace, cacheTimeoutMs, queueTimeoutMs, allowUnsafeServers } =
    resolve(options);
  const cache = openRedis('cacheUrl', cacheUrl, { blocks: false });
  const queue = openRedis('queueUrl', queueUrl, { blocks: false });
  // Blocking reads and subscriptions have separate connections, on which no other command waits behind them.
  const tail = openRedis('queueUrl', queueUrl, { blocks: true });
  const subscriber = new Subscriber(() => openSubscription(queueUrl, queue));
  if (queue instanceof Redis) queue.on('close', () => subscriber.renew());
  const roles = new ServerRoles({
    cache,
    queue,
    areUnsafeAllowed: allowUnsafeServers,
    withinMs: queueTimeoutMs,
    logger,
  });
  const closesOnPurpose = logConnectivity(cache, cacheConnectivity(logger));
  logConnectivity(queue, { what: 'the queue server', logger });
  logConnectivity(tail, { what: 'the queue server (blocking reads)', logger });

  const replies = new ErrorReplies({ what: 'the queue server', logger, clock: systemClock });
  const cacheReplies = new ErrorReplies({ what: 'the cache server', logger, clock: systemClock });
  const durable = { client: queue, subscriber, namespace, logger, replies, commandTimeoutMs: queueTimeoutMs };
  const log = new RedisLog({ ...durable, tail, roles });
  return {
    log,
    logLength: () => log.length(),
    errors: { cache: cacheReplies.counts, queue: replies.counts },
    shared: new RedisTier({ client: cache, commandTimeoutMs: cacheTimeoutMs, logger, replies: cacheReplies }),
    lock: new RedisFillLock(durable),
    counters: new RedisCounters(durable),
    hotKeys: new RedisHotKeys(durable),
    info: () => serverInfo(cache, queueTimeoutMs),
    ping: async () => ({
      cacheMs: await pingAll(cache, queueTimeoutMs),
      queueMs: await pingAll(queue, queueTimeoutMs),
    }),
    get unsafe() {
      return roles.problem;
    },
    close: async () => {
      closesOnPurpose();
      roles.close();
      subscriber.close();
      for (const client of [cache, queue, tail]) client.disconnect();
    },
  };
}

interface ResolvedConnections extends Omit<Required<RedisConnections>, 'cacheTimeout' | 'queueTimeout'> {
  readonly cacheTimeoutMs: number;
  readonly queueTimeoutMs: number;
}

/** Returns the options with their defaults. Throws `InvalidArgument` naming the invalid one. */
function resolve(options: RedisConnections): ResolvedConnections {
  assertKnownOptions('connectRedis', options, OPTIONS);
  const { cacheUrl, queueUrl, logger, namespace = 'pilotlight', allowUnsafeServers = false, ...timeouts } = options;
  assertLogger(logger);
  const cacheTimeoutMs = timeoutMs('cacheTimeout', timeouts.cacheTimeout ?? '50ms');
  const queueTimeoutMs = timeoutMs('queueTimeout', timeouts.queueTimeout ?? '250ms');
  if (typeof namespace !== 'string' || !NAMESPACE.test(namespace))
    throw new InvalidArgument('namespace', '1 to 100 letters, digits, _ . : - and no ":lock"', namespace);
  if (typeof allowUnsafeServers !== 'boolean')
    throw new InvalidArgument('allowUnsafeServers', 'true or false', allowUnsafeServers);
  for (const [option, url] of Object.entries({ cacheUrl, queueUrl })) parseRedisUrl(option, url);
  return { cacheUrl, queueUrl, logger, namespace, cacheTimeoutMs, queueTimeoutMs, allowUnsafeServers };
}

function timeoutMs(option: string, timeout: Duration): number {
  const ms = toMs(option, timeout);
  if (ms < 1) throw new InvalidArgument(option, 'at least 1 ms', ms);
  return ms;
}

function cacheConnectivity(logger: CacheLogger): ConnectivityOptions {
  return {
    what: 'the cache server',
    logger,
    onReady: () => logger.info('Connected to Redis'),
    onLost: () => logger.warn('the cache server is unreachable: reading from memory and the origin'),
  };
}

/** Returns the milliseconds until the slowest master answered, or null if one did not answer within `withinMs`. */
async function pingAll(client: RedisClient, withinMs: number): Promise<number | null> {
  if (client.status !== 'ready') return null;
  const began = performance.now();
  const ping = () => Promise.all(mastersOf(client).map((master) => master.ping()));
  return withDeadline('ping', withinMs, ping).then(() => performance.now() - began, ifUnreachable(null));
}
