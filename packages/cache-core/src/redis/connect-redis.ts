import { Redis, type RedisOptions } from 'ioredis';
import type { CachePorts } from '../cache-options.ts';
import type { CacheLogger } from '../logger.ts';
import { withDeadline } from './deadline.ts';
import { RedisCounters } from './redis-counters.ts';
import { RedisFillLock } from './redis-fill-lock.ts';
import { RedisHotKeys } from './redis-hot-keys.ts';
import { RedisLog } from './redis-log.ts';
import { RedisTier } from './redis-tier.ts';
import { type RedisInfo, serverInfo } from './server-info.ts';
import { Subscriber } from './subscriber.ts';

export interface RedisConnections {
  /** The evicting server: entries only; losing it costs time, never truth. */
  readonly cacheUrl: string;
  /** The durable server (`noeviction`): invalidation log, locks, counters, hot keys. */
  readonly queueUrl: string;
  readonly logger: CacheLogger;
  /** Keeps several caches on one pair of servers apart; entries themselves are under their plain keys. Default `pilotlight`. */
  readonly namespace?: string;
}

export interface RedisPorts extends CachePorts {
  info(): Promise<RedisInfo>;
  /** Milliseconds that each server took to answer; null when it did not. */
  ping(): Promise<{ cacheMs: number | null; queueMs: number | null }>;
}

type ClientOptions = Omit<RedisOptions, 'replyMapping'>;

const CACHE_TIMEOUT_MS = 50;
const QUEUE_TIMEOUT_MS = 250;

/** Never waits in this process for a server that is away: commands fail at once, reads go on without it. */
const IMPATIENT: ClientOptions = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  connectTimeout: 1_000,
  enableAutoPipelining: true,
  retryStrategy: (times) => Math.min(50 * times, 1_000),
};

/** Connects in the background: what is away is tried again for ever, and nothing throws because of it. */
export function connectRedis({ cacheUrl, queueUrl, logger, namespace = 'pilotlight' }: RedisConnections): RedisPorts {
  const cache = connect(cacheUrl, 'the cache server', logger, IMPATIENT);
  const queue = connect(queueUrl, 'the queue server', logger, IMPATIENT);
  // Blocking reads and subscriptions: a connection each, where no other command has to wait behind them.
  const tail = connect(queueUrl, 'the queue server', logger, { ...IMPATIENT, enableAutoPipelining: false });
  const listening = connect(queueUrl, 'the queue server', logger, {
    ...IMPATIENT,
    enableAutoPipelining: false,
    autoResubscribe: false,
  });
  const subscriber = new Subscriber(listening, (error) => logger.error({ err: error }, 'subscribing'));
  tellReach(cache, logger);

  const durable = { client: queue, subscriber, namespace, logger, commandTimeoutMs: QUEUE_TIMEOUT_MS };
  return {
    log: new RedisLog({ ...durable, tail }),
    shared: new RedisTier({ client: cache, commandTimeoutMs: CACHE_TIMEOUT_MS, logger }),
    lock: new RedisFillLock(durable),
    counters: new RedisCounters(durable),
    hotKeys: new RedisHotKeys(durable),
    info: () => serverInfo(cache, QUEUE_TIMEOUT_MS),
    ping: async () => ({ cacheMs: await ping(cache), queueMs: await ping(queue) }),
    close: async () => {
      cache.removeAllListeners('close');
      for (const client of [cache, queue, tail, listening]) client.disconnect();
    },
  };
}

function connect(url: string, what: string, logger: CacheLogger, options: ClientOptions): Redis {
  const client = new Redis(url, options);
  client.on('error', (error: Error) => logger.debug(`${what}: ${error.message}`));
  return client;
}

/** Says each time that the cache server comes within reach, and goes out of it. */
function tellReach(cache: Redis, logger: CacheLogger): void {
  let connected = false;
  cache.on('ready', () => {
    connected = true;
    logger.info('Connected to Redis');
  });
  cache.on('close', () => {
    if (connected) logger.warn('the cache server is gone: reading on from memory and the origin');
    connected = false;
  });
}

async function ping(client: Redis): Promise<number | null> {
  if (client.status !== 'ready') return null;
  const began = performance.now();
  try {
    await withDeadline('ping', QUEUE_TIMEOUT_MS, () => client.ping());
    return performance.now() - began;
  } catch {
    return null;
  }
}
