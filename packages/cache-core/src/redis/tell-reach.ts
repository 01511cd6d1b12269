import { Cluster, type Redis } from 'ioredis';
import type { CacheLogger } from '../logger.ts';
import { addressOf, type RedisClient } from './open-redis.ts';

export interface Reach {
  /** What is connected to, e.g. `the cache server`. */
  readonly what: string;
  readonly logger: CacheLogger;
  /** Said when the server, or the Cluster as a whole, comes within reach and goes out of it. */
  readonly onReady?: () => void;
  readonly onLost?: () => void;
}

/** Time does not heal these: somebody has to correct the URL. */
const NOT_LET_IN = /^(WRONGPASS|NOAUTH|NOPERM)\b/;

/**
 * Says when a server comes within reach and goes out of it, and why: one line per change, however often it is tried again.
 * What it returns ends that, for a connection that is closed on purpose.
 */
export function tellReach(client: RedisClient, reach: Reach): () => void {
  let isConnected = false;
  let isOver = false;
  client.on('ready', () => {
    if (!isConnected) reach.onReady?.();
    isConnected = true;
  });
  client.on('close', () => {
    if (isConnected && !isOver) reach.onLost?.();
    isConnected = false;
  });
  if (client instanceof Cluster) {
    tellReasons(client, reach);
    client.on('+node', (node: Redis) => tellReasons(node, { ...reach, what: `${reach.what} ${addressOf(node)}` }));
  } else tellReasons(client, reach);
  return () => {
    isOver = true;
  };
}

/** Each reason once, until the server is within reach again. */
function tellReasons(connection: RedisClient, { what, logger }: Reach): void {
  const told = new Set<string>();
  connection.on('error', ({ message }: Error) => {
    if (told.has(message)) return;
    told.add(message);
    if (NOT_LET_IN.test(message)) logger.warn(`${what} does not let us in: ${message}`);
    else logger.debug(`${what} is out of reach: ${message}`);
  });
  connection.on('ready', () => {
    if (told.size > 0) logger.debug(`${what} is within reach again`);
    told.clear();
  });
}
