import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type RunningElasticsearch, startElasticsearch } from '@pilotlight/stack';
import { childrenOf } from '@pilotlight/stack/testing';
import { ElasticsearchGateway } from './elasticsearch-gateway.ts';
import { sendSignal } from './signals.ts';

/** A real server that faults happen to, behind a gateway with TLS and credentials. */
export interface ElasticsearchUnderFaults {
  readonly server: RunningElasticsearch;
  readonly gateway: ElasticsearchGateway;
  /** Sends a request to the server, past the gateway. Rejects unless the status is 2xx. */
  ask(method: string, path: string, body?: object): Promise<unknown>;
  /** Signals the launcher and the server, which is its child. */
  signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void;
  stop(): Promise<void>;
}

export async function startElasticsearchUnderFaults(): Promise<ElasticsearchUnderFaults> {
  const server = await startElasticsearch({ log: (line) => console.log(`  ${line}`) });
  const gateway = await ElasticsearchGateway.to(server.url);
  return {
    server,
    gateway,
    ask: (method, path, body) => ask(server.url, method, path, body),
    signal: (signal) => {
      if (server.pid === null) return;
      const pids = [server.pid, ...childrenOf(server.pid)];
      for (const pid of pids) sendSignal(pid, signal);
    },
    stop: async () => {
      await gateway.close();
      await server.stop();
    },
  };
}

async function ask(url: string, method: string, path: string, body?: object): Promise<unknown> {
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: expected 2xx, got ${answer.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

/**
 * Takes the files of the primary shard of each index with such a name away from the server, as a lost disk does. Resolves
 * with a function that gives them back.
 */
export async function loseShards(
  { ask: send }: ElasticsearchUnderFaults,
  pattern: string,
): Promise<() => Promise<void>> {
  const indices = (await send('GET', `/${pattern}/_settings?filter_path=*.settings.index.uuid`)) as Record<
    string,
    { settings: { index: { uuid: string } } }
  >;
  const stats = (await send('GET', '/_nodes/stats/fs?filter_path=nodes.*.name,nodes.*.fs.data.path')) as {
    nodes: Record<string, { name: string; fs: { data: { path: string }[] } }>;
  };
  const [node] = Object.values(stats.nodes);
  const [data] = node?.fs.data ?? [];
  if (node === undefined || data === undefined) throw new Error('expected one node with a data directory');
  const shards = Object.values(indices).map(({ settings }) => join(data.path, 'indices', settings.index.uuid, '0'));
  const names = Object.keys(indices).join(',');
  // A shard that is still being closed would create its directory again.
  await send('POST', `/${names}/_close?wait_for_active_shards=1`);
  for (const shard of shards) renameSync(shard, `${shard}-lost`);
  await send('POST', `/${names}/_open?wait_for_active_shards=0`);
  return async () => {
    for (const shard of shards) {
      rmSync(shard, { recursive: true, force: true });
      renameSync(`${shard}-lost`, shard);
    }
    const commands = Object.keys(indices).map((index) => ({
      allocate_stale_primary: { index, shard: 0, node: node.name, accept_data_loss: true },
    }));
    await send('POST', '/_cluster/reroute?filter_path=acknowledged', { commands });
  };
}
