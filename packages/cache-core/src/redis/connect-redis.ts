import type { CachePorts } from '../cache-options.ts';
import { InvalidArgument } from '../errors.ts';
import type { CacheLogger } from '../logger.ts';
import { openRedis, openSubscription } from './open-redis.ts';
import { pingAll } from './ping-all.ts';
import { RedisCounters } from './redis-counters.ts';
import { RedisFillLock } from './redis-fill-lock.ts';
import { RedisHotKeys } from './redis-hot-keys.ts';
import { RedisLog } from './redis-log.ts';
import { RedisTier } from './redis-tier.ts';
import { type RedisInfo, serverInfo } from './server-info.ts';
import { Subscriber } from './subscriber.ts';
import { type Reach, tellReach } from './tell-reach.ts';

export interface RedisConnections {
  /**
   * The evicting server: entries only; losing it costs time, never truth. Nodes separated by commas are a Redis Cluster,
   * here and in `queueUrl`.
   */
  readonly cacheUrl: string;
  /** The durable server (`noeviction`): invalidation log, locks, counters, hot keys. */
  readonly queueUrl: string;
  readonly logger: CacheLogger;
  /** Keeps several caches on one pair of servers apart; entries themselves are under their plain keys. Default `pilotlight`. */
  readonly namespace?: string;
}

export interface RedisPorts extends CachePorts {
  info(): Promise<RedisInfo>;
  /** Milliseconds that each server (of a Cluster: its slowest master) took to answer; null when it did not. */
  ping(): Promise<{ cacheMs: number | null; queueMs: number | null }>;
}

const CACHE_TIMEOUT_MS = 50;
const QUEUE_TIMEOUT_MS = 250;
/** In a Cluster, braces would decide which node a key is on; ':lock' is how a release finds its channel. */
const NAMESPACE = /^(?!.*:lock)[\w.:-]{1,100}$/;

/** Connects in the background: what is away is tried again for ever, and nothing throws because of it. */
export function connectRedis({ cacheUrl, queueUrl, logger, namespace = 'pilotlight' }: RedisConnections): RedisPorts {
  if (!NAMESPACE.test(namespace))
    throw new InvalidArgument('namespace', '1 to 100 letters, digits, _ . : - and no ":lock"', namespace);
  const cache = openRedis('cacheUrl', cacheUrl, { blocks: false });
  const queue = openRedis('queueUrl', queueUrl, { blocks: false });
  // Blocking reads and subscriptions: a connection each, where no other command has to wait behind them.
  const tail = openRedis('queueUrl', queueUrl, { blocks: true });
  const subscriber = new Subscriber(() => openSubscription(queueUrl, queue));
  tellReach(cache, reachOfCache(logger));
  tellReach(queue, { what: 'the queue server', logger });
  tellReach(tail, { what: 'the queue server, for reading on', logger });

  const durable = { client: queue, subscriber, namespace, logger, commandTimeoutMs: QUEUE_TIMEOUT_MS };
  return {
    log: new RedisLog({ ...durable, tail }),
    shared: new RedisTier({ client: cache, commandTimeoutMs: CACHE_TIMEOUT_MS, logger }),
    lock: new RedisFillLock(durable),
    counters: new RedisCounters(durable),
    hotKeys: new RedisHotKeys(durable),
    info: () => serverInfo(cache, QUEUE_TIMEOUT_MS),
    ping: async () => ({
      cacheMs: await pingAll(cache, QUEUE_TIMEOUT_MS),
      queueMs: await pingAll(queue, QUEUE_TIMEOUT_MS),
    }),
    close: async () => {
      cache.removeAllListeners('close');
      subscriber.close();
      for (const client of [cache, queue, tail]) client.disconnect();
    },
  };
}

function reachOfCache(logger: CacheLogger): Reach {
  return {
    what: 'the cache server',
    logger,
    onReady: () => logger.info('Connected to Redis'),
    onLost: () => logger.warn('the cache server is gone: reading on from memory and the origin'),
  };
}
