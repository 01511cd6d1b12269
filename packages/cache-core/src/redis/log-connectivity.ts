import { Cluster, type Redis } from 'ioredis';
import type { CacheLogger } from '../logger.ts';
import { addressOf, type RedisClient } from './open-redis.ts';

export interface ConnectivityOptions {
  /** What is connected to, e.g. `the cache server`. */
  readonly what: string;
  readonly logger: CacheLogger;
  /** Said when the server, or the Cluster as a whole, comes within reach and goes out of it. */
  readonly onReady?: () => void;
  readonly onLost?: () => void;
}

/** Time does not heal these: somebody has to correct the URL. */
const ACCESS_DENIED = /^(WRONGPASS|NOAUTH|NOPERM)\b/;

/**
 * Says when a server comes within reach and goes out of it, and why: one line per change, however often it is tried again.
 * What it returns ends that, for a connection that is closed on purpose.
 */
export function logConnectivity(client: RedisClient, reach: ConnectivityOptions): () => void {
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
    logReasons(client, reach);
    client.on('+node', (node: Redis) => logReasons(node, { ...reach, what: `${reach.what} ${addressOf(node)}` }));
  } else logReasons(client, reach);
  return () => {
    isOver = true;
  };
}

/**
 * Each reason once, until the server is within reach again. The first reason of a server that was never reached is a
 * warning: its URL may be wrong.
 */
function logReasons(connection: RedisClient, { what, logger }: ConnectivityOptions): void {
  const told = new Set<string>();
  let isToWarn = true;
  connection.on('error', ({ message }: Error) => {
    if (told.has(message)) return;
    told.add(message);
    if (ACCESS_DENIED.test(message)) logger.warn(`${what} does not let us in: ${message}`);
    else if (isToWarn) logger.warn(`${what} is out of reach, and was never reached: ${message}${hintFor(connection)}`);
    else logger.debug(`${what} is out of reach: ${message}`);
    isToWarn = false;
  });
  connection.on('ready', () => {
    isToWarn = false;
    if (told.size > 0) logger.debug(`${what} is within reach again`);
    told.clear();
  });
}

/** A server without TLS does not answer a client that begins with it; the error is a mere time-out. */
function hintFor(connection: RedisClient): string {
  const options = connection instanceof Cluster ? connection.options.redisOptions : connection.options;
  return options?.tls ? '; its URL starts with rediss://, so it has to speak TLS' : '';
}
