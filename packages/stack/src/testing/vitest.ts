import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { inject } from 'vitest';
import type { RunningPostgres } from '../process/running-server.ts';
import type { ServiceEnv } from '../services.ts';
import { createDatabase, type TestDatabase } from './create-database.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The services of this run. */
    services: ServiceEnv;
    /** A database on this run's Postgres with every migration applied and nothing else. */
    migratedDatabase: string;
    /** Seed of the property tests of this run. */
    seed: number;
  }
}

/** Returns the services of the run, for tests of any package. */
export function testServices(): ServiceEnv {
  return inject('services');
}

/** Creates a database for one test with every migration applied. The test drops it. */
export function migratedDatabase(): Promise<TestDatabase> {
  return createDatabase(testServices().DATABASE_URL, inject('migratedDatabase'));
}

/** Signals a server and its child processes, which serve its connections and briefly outlive it. */
export function signalPostgres({ pid }: RunningPostgres, signal: NodeJS.Signals): void {
  if (pid === null) throw new Error('expected a running server');
  const inProc = `/proc/${pid}/task/${pid}/children`;
  const children = existsSync(inProc)
    ? readFileSync(inProc, 'utf8')
    : execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' });
  const pids = [pid, ...children.trim().split(/\s+/).map(Number)];
  for (const each of pids) process.kill(each, signal);
}
