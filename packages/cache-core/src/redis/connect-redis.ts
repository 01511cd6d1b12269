import { Redis } from 'ioredis';
import type { CachePorts } from '../cache-ports.ts';
import { systemClock } from '../clock.ts';
import { type Duration, toMs } from '../duration.ts';
import { InvalidArgument, ifUnreachable } from '../errors.ts';
import { assertKnownOptions } from '../known-options.ts';
import { assertLogger, type CacheLogger } from '../logger.ts';
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

/** The two servers, and how long they may take. */
export interface RedisConnections {
  /**
   * The evicting server: entries only; losing it costs time, never truth. Nodes separated by commas are a Redis Cluster,
   * here and in `queueUrl`.
   */
  readonly cacheUrl: string;
  /** The durable server (`noeviction`): invalidation log, locks, counters, hot keys. */
  readonly queueUrl: string;
  /** Told when a server is gone and when it is back. */
  readonly logger: CacheLogger;
  /** Keeps several caches on one pair of servers apart; entries themselves are under their plain keys. Default `pilotlight`. */
  readonly namespace?: string;
  /**
   * What a command to the cache server may take without a byte from it: what a read loses, at most, to one that does not answer.
   * A large answer on its way is waited for, ten times as long at most. Default 50 ms.
   */
  readonly cacheTimeout?: Duration;
  /** What a command to the durable server may take. Well below the lease. Default 250 ms. */
  readonly queueTimeout?: Duration;
  /**
   * For development. A queue server that may evict (any `maxmemory-policy` but `noeviction`), and one server for both roles,
   * are refused: the log is not used, so answers are unverified and invalidations stay `pending`. With `true` such a log is
   * used, and every answer is unverified. Default false.
   */
  readonly allowUnsafeServers?: boolean;
}

export interface RedisPorts extends CachePorts {
  /** The cache server's own figures. */
  info(): Promise<RedisInfo>;
  /** Milliseconds that each server (of a Cluster: its slowest master) took to answer; null when it did not. */
  ping(): Promise<{ cacheMs: number | null; queueMs: number | null }>;
  /** Why the queue server is not fit for the invalidation log, for people; null if nothing is wrong, undefined until it is known. */
  readonly unsafe: string | null | undefined;
}

/** In a Cluster, braces would decide which node a key is on; ':lock' is how a release finds its channel. */
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

/** Connects in the background: what is away is tried again for ever, and nothing throws because of it. */
export function connectRedis(options: RedisConnections): RedisPorts {
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
  const cache = openRedis('cacheUrl', cacheUrl, { blocks: false });
  const queue = openRedis('queueUrl', queueUrl, { blocks: false });
  // Blocking reads and subscriptions: a connection each, where no other command has to wait behind them.
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
  logConnectivity(tail, { what: 'the queue server, for reading on', logger });

  const replies = new ErrorReplies({ what: 'the queue server', logger, clock: systemClock });
  const durable = { client: queue, subscriber, namespace, logger, replies, commandTimeoutMs: queueTimeoutMs };
  return {
    log: new RedisLog({ ...durable, tail, roles }),
    shared: new RedisTier({ client: cache, commandTimeoutMs: cacheTimeoutMs, logger }),
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
    onLost: () => logger.warn('the cache server is gone: reading on from memory and the origin'),
  };
}

/** Returns the milliseconds until the slowest master answered, or null if one did not answer within `withinMs`. */
async function pingAll(client: RedisClient, withinMs: number): Promise<number | null> {
  if (client.status !== 'ready') return null;
  const began = performance.now();
  const ping = () => Promise.all(mastersOf(client).map((master) => master.ping()));
  return withDeadline('ping', withinMs, ping).then(() => performance.now() - began, ifUnreachable(null));
}
