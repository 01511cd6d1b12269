import calculateSlot from 'cluster-key-slot';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { parseRedisUrl, type RedisAddress } from './redis-url.ts';

/** A connection to one server, or to all nodes of a Redis Cluster. */
export type RedisClient = Redis | Cluster;

export interface OpenOptions {
  /** `false`: for many short commands. `true`: for one that waits on the server. */
  readonly blocks: boolean;
}

/** Nothing waits in this process for a server that is away: commands fail at once, reads go on without it. */
const FAIL_FAST = {
  connectTimeout: 1_000,
  // A connection whose other end is gone without a word is found out, and made anew.
  socketTimeout: 5_000,
  maxRetriesPerRequest: 0,
} satisfies RedisOptions;
const retryInMs = (times: number): number => Math.min(50 * times, 1_000);
/** It is asked every second whether it is still there. */
const SUBSCRIPTION_TIMEOUT_MS = 2_000;
/** So often in a row a node of a Cluster is tried; then only what the other nodes say can bring it back. */
const NODE_TRIES = 30;
/**
 * Replies after which another connection may be accepted: the server became a replica, loads its data, or has forgotten that
 * this client had authenticated. `UNBLOCKED` ends a blocking read on a server that became a replica.
 */
const RECONNECT_REPLIES = /(^|-)(READONLY|UNBLOCKED|LOADING|MASTERDOWN|NOAUTH)\b/;
/** Such a server is left for the one that its address leads to now, at most this often. */
const MIN_RECONNECT_INTERVAL_MS = 5_000;

/** Connects in the background to a server or a Cluster; what a URL may be: see `parseRedisUrl`. */
export function openRedis(option: string, url: string, { blocks }: OpenOptions): RedisClient {
  const address = parseRedisUrl(option, url);
  return address.isCluster ? openCluster(address, blocks) : openServer(url, blocks);
}

/** A connection for subscriptions, to any node that `client` knows of (`url`: before it knows any). Once it is lost it stays so. */
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
    enableAutoPipelining: !blocks, // commands of one turn of the event loop go out as one write
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
    // Whoever asked has a time budget of its own, and has gone on by then.
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    retryDelayOnTryAgain: 20,
    redisOptions: { ...FAIL_FAST, ...access },
    ...lookup,
  });
  // Another node may have taken over: asked for now, not at the next of ioredis's own rounds.
  cluster.on('node error', () => cluster.refreshSlotsCache());
  // Connected to before it is needed: a command that comes while it is being connected to is refused.
  if (!blocks) cluster.on('+node', (node: Redis) => void node.connect().catch(() => undefined)); // its 'error' tells why
  return cluster;
}

/** All masters, each with a connection of its own. */
export function mastersOf(client: RedisClient): Redis[] {
  return client instanceof Cluster ? client.nodes('master') : [client];
}

/** `127.0.0.1:6379` */
export function addressOf({ options: { host, port } }: Redis): string {
  return `${host}:${port}`;
}

/** The address of the master that has a key, as far as this process knows; empty for a server by itself. */
export function masterOf(client: RedisClient, key: string): string {
  return client instanceof Cluster ? (client.slots[calculateSlot(key)]?.[0] ?? 'unknown') : '';
}
