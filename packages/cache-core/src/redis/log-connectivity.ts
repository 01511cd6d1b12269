import { Cluster, type Redis } from 'ioredis';
import type { CacheLogger } from '../model/logger.ts';
import { addressOf, type RedisClient } from './open-redis.ts';

export interface ConnectivityOptions {
  /** The server's name in log lines, e.g. `the cache server`. */
  readonly what: string;
  readonly logger: CacheLogger;
  /** Called when the server, or the Cluster as a whole, becomes reachable and unreachable. */
  readonly onReady?: () => void;
  readonly onLost?: () => void;
}

/** Errors that time does not fix: an operator has to correct the URL. */
const ACCESS_DENIED = /^(WRONGPASS|NOAUTH|NOPERM)\b/;

/**
 * Logs when a server becomes reachable and unreachable, and why: one line per change, however often it reconnects.
 *
 * @returns a function that stops this, for a connection that is closed on purpose
 */
export function logConnectivity(client: RedisClient, options: ConnectivityOptions): () => void {
  let isConnected = false;
  let isOver = false;
  client.on('ready', () => {
    if (!isConnected) options.onReady?.();
    isConnected = true;
  });
  client.on('close', () => {
    if (isConnected && !isOver) options.onLost?.();
    isConnected = false;
  });
  if (client instanceof Cluster) {
    logReasons(client, options);
    client.on('+node', (node: Redis) => logReasons(node, { ...options, what: `${options.what} ${addressOf(node)}` }));
  } else logReasons(client, options);
  return () => {
    isOver = true;
  };
}

/**
 * Logs each reason once until the server is reachable again. The first reason of a server that was never reached is a
 * warning, because its URL may be wrong.
 */
function logReasons(connection: RedisClient, { what, logger }: ConnectivityOptions): void {
  const logged = new Set<string>();
  let isFirst = true;
  connection.on('error', ({ message }: Error) => {
    if (logged.has(message)) return;
    logged.add(message);
    if (ACCESS_DENIED.test(message)) logger.warn(`${what} denies access: ${message}`);
    else if (isFirst) logger.warn(`${what} is unreachable and was never reached: ${message}${hintFor(connection)}`);
    else logger.debug(`${what} is unreachable: ${message}`);
    isFirst = false;
  });
  connection.on('ready', () => {
    isFirst = false;
    if (logged.size > 0) logger.debug(`${what} is reachable again`);
    logged.clear();
  });
}

/** A server without TLS does not answer a TLS client, so the error is only a time-out. */
function hintFor(connection: RedisClient): string {
  const options = connection instanceof Cluster ? connection.options.redisOptions : connection.options;
  return options?.tls ? '; its URL starts with rediss://, so the server must support TLS' : '';
}
