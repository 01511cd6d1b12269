import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { inject } from 'vitest';
import { createDatabase, type TestDatabase } from './postgres/create-database.ts';
import type { RunningPostgres } from './postgres/running-postgres.ts';
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

/** Signals a server and the processes that serve its connections, its children: they live on a little without it. */
export function signalPostgres({ pid }: RunningPostgres, signal: NodeJS.Signals): void {
  if (pid === null) throw new Error('expected a server that runs');
  const inProc = `/proc/${pid}/task/${pid}/children`;
  const children = existsSync(inProc)
    ? readFileSync(inProc, 'utf8')
    : execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' });
  const pids = [pid, ...children.trim().split(/\s+/).map(Number)];
  for (const each of pids) process.kill(each, signal);
}
