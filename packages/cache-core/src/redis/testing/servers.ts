import type { RunningRedis, RunningRedisCluster } from '@pilotlight/stack';
import { Redis } from 'ioredis';
import { vi } from 'vitest';
import { openRedis } from '../open-redis.ts';

/** One server or a Cluster, as the suites hurt it. */
export interface Servers {
  readonly url: string;
  readonly nodes: readonly RunningRedis[];
  flushAll(): Promise<void>;
  /** A key is gone, as if it was evicted. */
  delete(key: string): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  /** Kills every server without warning and starts it again on the same data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export function serversOf(running: RunningRedis | RunningRedisCluster): Servers {
  const nodes = 'nodes' in running ? running.nodes : [running];
  const signal = (name: NodeJS.Signals) => {
    for (const node of nodes) node.kill(name);
  };
  return {
    url: running.url,
    nodes,
    signal,
    flushAll: async () => void (await onEach(nodes, (node) => node.flushall())),
    delete: async (key) => {
      const client = openRedis('queueUrl', running.url, { blocks: false });
      client.on('error', () => undefined); // tried again until it succeeds
      await succeeds(() => client.del(key)).finally(() => client.disconnect());
    },
    restart: async () => {
      signal('SIGKILL');
      await Promise.all(nodes.map((node) => node.restart()));
      if ('healthy' in running) await running.healthy();
    },
    stop: () => running.stop(),
  };
}

/** A command to each node by itself, whatever the others think of it. */
export async function onEach<Result>(
  nodes: readonly RunningRedis[],
  work: (node: Redis) => Promise<Result>,
): Promise<Result[]> {
  const clients = nodes.map(({ url }) => new Redis(url));
  try {
    return await Promise.all(clients.map((client) => work(client)));
  } finally {
    for (const client of clients) client.disconnect();
  }
}

/** Waits until something succeeds: a connection that is being made again, a server that has just been woken. */
export function succeeds<Result>(attempt: () => Promise<Result>): Promise<Result> {
  return vi.waitFor(attempt, { timeout: 30_000, interval: 20 });
}
