import { Redis } from 'ioredis';
import { ServerStartFailed } from '../errors.ts';
import { type LineLogger, seconds } from '../line-logger.ts';
import { poll } from '../process/poll.ts';
import type { RunningRedis } from '../process/running-server.ts';
import { Supervisor } from '../process/supervisor.ts';
import type { RedisRole } from '../redis/redis-role.ts';
import { startRedis } from '../redis/start-redis.ts';
import { newSecret } from '../secret.ts';

export interface RedisClusterOptions {
  role: RedisRole;
  /** Number of masters, at least 3, so that the others can agree that one is dead. Defaults to 3. */
  masters?: number | undefined;
  /** Replicas per master. Defaults to 0: the slots of a dead master are unavailable until it is back. */
  replicas?: number | undefined;
  /** Time without an answer after which the other nodes consider a node dead, in ms. Defaults to 15,000. */
  nodeTimeoutMs?: number | undefined;
  log?: LineLogger | undefined;
  supervisor?: Supervisor | undefined;
  env?: NodeJS.ProcessEnv | undefined;
}

export interface RunningRedisCluster {
  /** The masters, separated by commas, in the format of REDIS_CACHE_URL and REDIS_QUEUE_URL. */
  readonly url: string;
  /** The masters, followed by the replicas of the first master, of the second, and so on. `stop` removes all data. */
  readonly nodes: readonly RunningRedis[];
  readonly how: string;
  /** Resolves once every node sees all others and every slot is served. */
  healthy(): Promise<void>;
  stop(): Promise<void>;
}

const SLOTS = 16_384;
const HEALTHY_WITHIN_MS = 60_000;

/**
 * Starts a throw-away Redis Cluster on the loopback interface that serves every slot. It gets its servers as
 * `startRedis` does, and rejects with `ServiceUnavailable` in the same cases.
 */
export async function startRedisCluster(options: RedisClusterOptions): Promise<RunningRedisCluster> {
  const startedAt = performance.now();
  const { role, masters = 3, replicas = 0, nodeTimeoutMs = 15_000, log, env } = options;
  const supervisor = options.supervisor ?? Supervisor.start();
  const node = { role, password: newSecret(), cluster: { nodeTimeoutMs }, supervisor, env };
  const nodes: RunningRedis[] = [];
  const stop = async () => {
    await Promise.all(nodes.map((one) => one.stop()));
    if (options.supervisor === undefined) supervisor.release();
  };
  try {
    // The first one starts alone, because it may have to install the program.
    nodes.push(await startRedis(node));
    const others = masters * (1 + replicas) - 1;
    const started = await Promise.allSettled(Array.from({ length: others }, () => startRedis(node)));
    for (const one of started) if (one.status === 'fulfilled') nodes.push(one.value);
    for (const one of started) if (one.status === 'rejected') throw one.reason;
    await joinUp(nodes, masters, replicas);
  } catch (error) {
    await stop();
    throw error;
  }
  const how = `${nodes.length} × ${nodes[0]?.how}`;
  log?.(`Redis Cluster (${role}) ready in ${seconds(performance.now() - startedAt)} (${how})`);
  const url = nodes
    .slice(0, masters)
    .map((master) => master.url)
    .join(',');
  return { url, nodes, how, healthy: () => withClients(nodes, seeEachOther), stop };
}

function joinUp(nodes: readonly RunningRedis[], masters: number, replicas: number): Promise<void> {
  return withClients(nodes, async (clients) => {
    const [first] = clients;
    for (const [i, client] of clients.slice(0, masters).entries()) {
      const [from, to] = [i, i + 1].map((n) => Math.floor((n * SLOTS) / masters)) as [number, number];
      await client.cluster('ADDSLOTS', ...Array.from({ length: to - from }, (_, slot) => from + slot));
    }
    for (const [i, client] of clients.entries()) await client.call('CLUSTER', 'SET-CONFIG-EPOCH', i + 1);
    for (const { port } of nodes.slice(1)) await first?.call('CLUSTER', 'MEET', '127.0.0.1', port);
    await seeEachOther(clients);
    for (const [i, replica] of clients.slice(masters).entries()) {
      const master = clients[Math.floor(i / replicas)];
      await replica.call('CLUSTER', 'REPLICATE', String(await master?.call('CLUSTER', 'MYID')));
    }
    await until('every replica follows its master', () => all(clients.slice(masters), isInStep));
  });
}

function seeEachOther(clients: readonly Redis[]): Promise<void> {
  return until('every node sees the whole cluster', () =>
    all(clients, async (client) => {
      const info = String(await client.call('CLUSTER', 'INFO'));
      return (
        info.includes('cluster_state:ok') &&
        info.includes(`cluster_slots_ok:${SLOTS}`) &&
        info.includes(`cluster_known_nodes:${clients.length}\r`)
      );
    }),
  );
}

async function isInStep(replica: Redis): Promise<boolean> {
  return (await replica.info('replication')).includes('master_link_status:up');
}

async function all(clients: readonly Redis[], holds: (client: Redis) => Promise<boolean>): Promise<boolean> {
  const held = await Promise.all(clients.map((client) => holds(client).catch(() => false)));
  return held.every((one) => one);
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  if (await poll(holds, { withinMs: HEALTHY_WITHIN_MS, everyMs: 50 })) return;
  throw new ServerStartFailed(`Redis Cluster: expected that ${what} within ${HEALTHY_WITHIN_MS / 1_000} s`);
}

async function withClients<Result>(
  nodes: readonly RunningRedis[],
  work: (clients: readonly Redis[]) => Promise<Result>,
): Promise<Result> {
  const clients = nodes.map(({ url }) => {
    const client = new Redis(url, { commandTimeout: 2_000, maxRetriesPerRequest: 0 });
    client.on('error', () => undefined); // Errors are ignored: the awaited state shows their effect.
    return client;
  });
  try {
    return await work(clients);
  } finally {
    for (const client of clients) client.disconnect();
  }
}
