import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, inject } from 'vitest';
import type { DockerDaemon } from '../docker/start-docker.ts';
import { startElasticsearch } from '../elasticsearch/start-elasticsearch.ts';
import { ServiceUnavailable } from '../errors.ts';
import type { RunningPostgres } from '../process/running-server.ts';
import type { ServiceEnv } from '../services.ts';
import { createDatabase, type TestDatabase } from './create-database.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The services of this run. */
    services: ServiceEnv;
    /** A database on this run's Postgres with every migration applied and nothing else. */
    migratedDatabase: string;
    /** The Docker daemon of this run, which its runner stops, for suites named `*.docker.prove.test.ts`; otherwise null. */
    docker: DockerDaemon | null;
    /** Seed of the property tests of this run. */
    seed: number;
  }
}

/** Returns the Docker daemon of the run. */
export function testDocker(): DockerDaemon {
  const docker = inject('docker');
  if (docker === null) throw new Error('expected a Docker daemon: run this suite by npm run prove');
  return docker;
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

/**
 * Returns the Elasticsearch for a test file: the one of `ELASTICSEARCH_URL`, or else one that is stopped after the file.
 * Returns the reason instead if this machine cannot have one; with `REQUIRE_SERVICES=all` that is an error. Call it at
 * the top of the file, so that its tests can be skipped with the reason.
 */
export async function elasticsearchOfFile(): Promise<{ url: string } | { missing: string }> {
  const given = process.env['ELASTICSEARCH_URL'];
  if (given !== undefined && given !== '') return { url: given };
  try {
    const server = await startElasticsearch({ log: (line) => console.log(`  ${line}`) });
    afterAll(() => server.stop());
    return { url: server.url };
  } catch (error) {
    if (!(error instanceof ServiceUnavailable) || process.env['REQUIRE_SERVICES'] === 'all') throw error;
    console.log(`  ${error.message}`);
    return { missing: error.message };
  }
}
