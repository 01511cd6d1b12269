import calculateSlot from 'cluster-key-slot';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { InvalidArgument } from '../errors.ts';

/** A connection to one server, or to all nodes of a Redis Cluster. */
export type RedisClient = Redis | Cluster;

export interface OpenOptions {
  /** `false`: for many short commands. `true`: for one that waits on the server. */
  readonly blocks: boolean;
}

/** Nothing waits in this process for a server that is away: commands fail at once, reads go on without it. */
const IMPATIENT = {
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
/** A server that became a replica is left for whatever its name now stands for, at most this often. */
const LEAVE_REPLICA_EVERY_MS = 5_000;

/**
 * Connects in the background. Nodes separated by commas (`redis://:password@a:6379,redis://:password@b:6379`) are a Redis
 * Cluster; so is a single one with a comma behind it. Throws `InvalidArgument` for what is no such URL.
 */
export function openRedis(option: string, url: string, { blocks }: OpenOptions): RedisClient {
  const nodes = parseNodes(option, url);
  return url.includes(',') ? openCluster(nodes, blocks) : openServer(url, blocks);
}

/** A connection for subscriptions, to any node that `client` knows of (`url`: before it knows any). Once it is lost it stays so. */
export function openSubscription(url: string, client: RedisClient): Redis {
  const nodes = client instanceof Cluster ? client.nodes() : [client];
  const node = nodes[Math.floor(Math.random() * nodes.length)];
  const once = {
    ...IMPATIENT,
    socketTimeout: SUBSCRIPTION_TIMEOUT_MS,
    autoResubscribe: false,
    enableAutoPipelining: false,
    enableOfflineQueue: false,
    lazyConnect: false,
    retryStrategy: () => null,
  } satisfies RedisOptions;
  return node?.duplicate(once) ?? new Redis(url.split(',')[0] ?? '', once);
}

function openServer(url: string, blocks: boolean): Redis {
  let leftAt = Number.NEGATIVE_INFINITY;
  return new Redis(url, {
    ...IMPATIENT,
    enableOfflineQueue: false,
    enableAutoPipelining: !blocks, // commands of one turn of the event loop go out as one write
    retryStrategy: retryInMs,
    reconnectOnError: (error) => {
      if (!error.message.startsWith('READONLY') || performance.now() < leftAt + LEAVE_REPLICA_EVERY_MS) return false;
      leftAt = performance.now();
      return true;
    },
  });
}

function openCluster(nodes: readonly URL[], blocks: boolean): Cluster {
  const [{ username, password, protocol }] = nodes as [URL];
  const isSecure = protocol === 'rediss:';
  const cluster = new Cluster(
    nodes.map(({ href }) => href),
    {
      enableOfflineQueue: false,
      clusterRetryStrategy: retryInMs,
      clusterNodeRetryStrategy: (times) => (times > NODE_TRIES ? null : retryInMs(times)),
      // Whoever asked has a time budget of its own, and has gone on by then.
      retryDelayOnFailover: 0,
      retryDelayOnClusterDown: 0,
      retryDelayOnTryAgain: 20,
      // For nodes that the others tell of.
      redisOptions: {
        ...IMPATIENT,
        ...(username && { username: decodeURIComponent(username) }),
        ...(password && { password: decodeURIComponent(password) }),
        ...(isSecure && { tls: {} }),
      },
      // Certificates are for names, not for the addresses behind them.
      ...(isSecure && { dnsLookup: (name, found) => found(null, name) }),
    },
  );
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

/** Throws `InvalidArgument`, which shows no password. */
export function parseNodes(option: string, text: string): URL[] {
  const nodes = text
    .split(',')
    .filter((node) => node.trim() !== '')
    .map((node) => URL.parse(node.trim()));
  const expected = 'a URL starting with redis:// or rediss://, or several of the same kind separated by commas';
  const protocols = new Set(nodes.map((node) => node?.protocol));
  const [protocol] = protocols;
  // What came may hold a password: it is not shown.
  if (protocols.size !== 1 || (protocol !== 'redis:' && protocol !== 'rediss:'))
    throw new InvalidArgument(option, expected, { hidden: true });
  const urls = nodes.filter((node) => node !== null);
  if (urls.length > 1 && urls.some(({ pathname }) => !['', '/', '/0'].includes(pathname)))
    throw new InvalidArgument(option, 'nodes of a Redis Cluster, which has no databases but 0', { hidden: true });
  return urls;
}
