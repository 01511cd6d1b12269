import calculateSlot from 'cluster-key-slot';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { parseRedisUrl, type RedisAddress } from './redis-url.ts';

/** A connection to one server, or to all nodes of a Redis Cluster. */
export type RedisClient = Redis | Cluster;

export interface OpenOptions {
  /** False for many short commands, true for commands that wait on the server. */
  readonly blocks: boolean;
}

/** No command waits in this process for an unreachable server: it fails immediately, and reads continue without it. */
const FAIL_FAST = {
  connectTimeout: 1_000,
  // Detects a connection whose other end has disappeared without notice, and replaces it.
  socketTimeout: 5_000,
  maxRetriesPerRequest: 0,
} satisfies RedisOptions;
/**
 * The delay before a reconnection, linear as ioredis's own and at most 1 s. ioredis passes the number of the attempt and keeps the
 * state, so cockatiel's back-off, which keeps its own, does not fit.
 */
const retryInMs = (times: number): number => Math.min(50 * times, 1_000);
/** The subscription is pinged every second. */
const SUBSCRIPTION_TIMEOUT_MS = 2_000;
/** The number of consecutive attempts to reach a node of a Cluster; then only the other nodes' answers can bring it back. */
const NODE_TRIES = 30;
/**
 * Replies after which another connection may be accepted: the server became a replica, loads its data, or has forgotten
 * that this client had authenticated. `UNBLOCKED` ends a blocking read on a server that became a replica.
 */
const RECONNECT_REPLIES = /(^|-)(READONLY|UNBLOCKED|LOADING|MASTERDOWN|NOAUTH)\b/;
/** The minimum time between two reconnections of this kind, which resolve the server's address again. */
const MIN_RECONNECT_INTERVAL_MS = 5_000;

/** Connects in the background to a server or a Cluster. See `parseRedisUrl` for valid URLs. */
export function openRedis(option: string, url: string, { blocks }: OpenOptions): RedisClient {
  const address = parseRedisUrl(option, url);
  return address.isCluster ? openCluster(address, blocks) : openServer(url, blocks);
}

/**
 * Opens a connection for subscriptions, to any node that `client` knows (or to `url` before it knows any). It does not
 * reconnect.
 */
export function openSubscription(url: string, client: RedisClient): Redis {
  const nodes = client instanceof Cluster ? client.nodes() : [client];
  const node = nodes[Math.floor(Math.random() * nodes.length)];
  const once = {
    ...FAIL_FAST,
    socketTimeout: SUBSCRIPTION_TIMEOUT_MS,
    autoResubscribe: false,
    enableAutoPipelining: false,
    enableOfflineQueue: false,
    lazyConnect: false,
    retryStrategy: () => null,
  } satisfies RedisOptions;
  return node?.duplicate(once) ?? new Redis(parseRedisUrl('queueUrl', url).nodes[0] ?? '', once);
}

function openServer(url: string, blocks: boolean): Redis {
  let leftAt = Number.NEGATIVE_INFINITY;
  return new Redis(url, {
    ...FAIL_FAST,
    enableOfflineQueue: false,
    enableAutoPipelining: !blocks, // the commands of one turn of the event loop are one write
    autoPipeliningIgnoredCommands: ['mget'],
    retryStrategy: retryInMs,
    reconnectOnError: (error) => {
      if (!RECONNECT_REPLIES.test(error.message) || performance.now() < leftAt + MIN_RECONNECT_INTERVAL_MS)
        return false;
      leftAt = performance.now();
      return true;
    },
  });
}

function openCluster({ nodes, access, lookup }: RedisAddress, blocks: boolean): Cluster {
  const cluster = new Cluster([...nodes], {
    enableOfflineQueue: false,
    clusterRetryStrategy: retryInMs,
    clusterNodeRetryStrategy: (times) => (times > NODE_TRIES ? null : retryInMs(times)),
    // The caller has a time limit and has continued by then.
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    retryDelayOnTryAgain: 20,
    redisOptions: { ...FAIL_FAST, ...access },
    ...lookup,
  });
  // Another node may have taken over: refresh now, not at ioredis's next interval.
  cluster.on('node error', () => cluster.refreshSlotsCache());
  // Connects before the node is needed: a command that arrives during the connection attempt is rejected.
  if (!blocks) cluster.on('+node', (node: Redis) => void node.connect().catch(() => undefined)); // its 'error' event gives the reason
  return cluster;
}

/** Returns all masters, each with its own connection. */
export function mastersOf(client: RedisClient): Redis[] {
  return client instanceof Cluster ? client.nodes('master') : [client];
}

/** Returns an address such as `127.0.0.1:6379`. */
export function addressOf({ options: { host, port } }: Redis): string {
  return `${host}:${port}`;
}

/** Returns the address of the master that holds a key, as far as this process knows; empty for a single server. */
export function masterOf(client: RedisClient, key: string): string {
  return client instanceof Cluster ? (client.slots[calculateSlot(key)]?.[0] ?? 'unknown') : '';
}
