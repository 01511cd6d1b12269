import { randomUUID } from 'node:crypto';
import { migratedDatabase } from '@pilotlight/stack/vitest';
import type { Connections } from '../../../postgres/connections.ts';
import { filesWorld } from '../../../postgres/testing/files-world.ts';
import type { LogStore } from '../../port.ts';
import { PostgresLogStore } from '../../postgres/postgres-log-store.ts';
import { TwinStore } from '../../testing/twin-store.ts';
import type { LogStoreWorld } from '../../testing/world.ts';
import { ElasticsearchLogStore } from '../elasticsearch-log-store.ts';

/** Creates an empty world whose records are in Elasticsearch, under names that no other world uses. */
export async function elasticsearchWorld(url: string): Promise<LogStoreWorld> {
  return await worldOf(url, (elasticsearch) => elasticsearch);
}

/** Creates an empty world that keeps the records in both stores and compares their answers. */
export async function twinWorld(url: string): Promise<{ world: LogStoreWorld; twin: TwinStore }> {
  const twins: TwinStore[] = [];
  const world = await worldOf(url, (elasticsearch, { reads, work }) => {
    const twin = new TwinStore(new PostgresLogStore(reads, work), elasticsearch);
    twins.push(twin);
    return twin;
  });
  const [twin] = twins;
  if (twin === undefined) throw new Error('expected the world to make one store');
  return { world, twin };
}

async function worldOf(
  url: string,
  makeStore: (elasticsearch: LogStore, connections: { reads: Connections; work: Connections }) => LogStore,
): Promise<LogStoreWorld> {
  const errors: unknown[] = [];
  const stores: ElasticsearchLogStore[] = [];
  const world = await filesWorld(await migratedDatabase(), (connections) => {
    const store = new ElasticsearchLogStore({
      ...connections,
      elasticsearch: { url, indexPrefix: `test-${randomUUID()}` },
      readTimeoutMs: 30_000,
      onError: (error) => errors.push(error),
    });
    stores.push(store);
    return makeStore(store, connections);
  });
  for (const { server } of stores) await server.prepare();
  return {
    ...world,
    close: async () => {
      await world.close();
      for (const { server } of stores) await server.close();
      if (errors.length > 0) throw new AggregateError(errors, 'the store reported errors that no caller awaits');
    },
  };
}
