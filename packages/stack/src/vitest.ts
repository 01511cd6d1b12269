import { inject } from 'vitest';
import { createDatabase, type TestDatabase } from './postgres/create-database.ts';
import type { ServiceEnv } from './services.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The services of this run. */
    services: ServiceEnv;
    /** The database of this run, on its Postgres, in which every migration is applied and nothing else has been done. */
    migratedDatabase: string;
    /** From which the property tests of this run draw their cases. */
    seed: number;
  }
}

/** The services that the run has started, for a test of any package. */
export function testServices(): ServiceEnv {
  return inject('services');
}

/** A database of the test's own with every migration applied. The test drops it. */
export function migratedDatabase(): Promise<TestDatabase> {
  return createDatabase(testServices().DATABASE_URL, inject('migratedDatabase'));
}
