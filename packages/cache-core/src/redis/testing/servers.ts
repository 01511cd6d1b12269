import type { RunningRedis } from '@pilotlight/stack';
import type { RunningRedisCluster } from '@pilotlight/stack/testing';
import { Redis } from 'ioredis';
import { vi } from 'vitest';
import { openRedis } from '../open-redis.ts';

/** One server or a Cluster, with the faults that the suites inject. */
export interface Servers {
  readonly url: string;
  readonly nodes: readonly RunningRedis[];
  flushAll(): Promise<void>;
  /** Deletes a key, as an eviction does. */
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
      client.on('error', () => undefined); // the command is retried until it succeeds
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

/** Runs a command on each node separately. */
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

/** Retries until the attempt succeeds, for example while a connection is re-established. */
export function succeeds<Result>(attempt: () => Promise<Result>): Promise<Result> {
  return vi.waitFor(attempt, { timeout: 30_000, interval: 20 });
}
