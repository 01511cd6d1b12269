import { migratedDatabase } from '@pilotlight/stack/vitest';
import { filesWorld } from '../../postgres/testing/files-world.ts';
import { logStoreContract } from '../testing/log-store-contract.ts';
import { PostgresLogStore } from './postgres-log-store.ts';

logStoreContract('Postgres', async () => {
  const database = await migratedDatabase();
  return await filesWorld(database, ({ reads, work }) => new PostgresLogStore(reads, work));
});
