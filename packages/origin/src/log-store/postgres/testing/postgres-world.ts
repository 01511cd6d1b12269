import { migratedDatabase } from '@pilotlight/stack/vitest';
import { onTestFinished } from 'vitest';
import { Connections } from '../../../postgres/connections.ts';
import { filesWorld } from '../../../postgres/testing/files-world.ts';
import type { LogStoreWorld } from '../../testing/world.ts';
import { PostgresLogStore } from '../postgres-log-store.ts';

export interface PostgresWorld extends LogStoreWorld {
  readonly databaseUrl: string;
  /** The connections that the log store reads with. */
  readonly reads: Connections;
}

/** Opens a log store on its own migrated database. The end of the test closes it. */
export async function openPostgresWorld(): Promise<PostgresWorld> {
  const database = await migratedDatabase();
  const reads = new Connections({
    databaseUrl: database.url,
    name: 'test',
    max: 2,
    statementTimeoutMs: 30_000,
    idleInTransactionMs: 30_000,
    onError: () => undefined,
  });
  const world = await filesWorld(database, ({ work }) => new PostgresLogStore(reads, work));
  onTestFinished(async () => {
    await reads.close();
    await world.close();
  });
  return { ...world, databaseUrl: database.url, reads };
}
