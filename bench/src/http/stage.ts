import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { findOrInstall, type ServiceEnv, startServices } from '@pilotlight/stack';
import { Client } from 'pg';
import { withProgress } from '../scale/progress.ts';
import type { SuiteOptions } from '../suite.ts';
import { CORES, type ServerProcess, startScript } from './server-process.ts';
import { uploadFiles } from './upload-files.ts';

/** What every part of the suite works on: the whole service with its data, and the generator of load. */
export interface HttpStage extends SuiteOptions {
  /** The path of wrk. */
  readonly wrk: string;
  /** Removed at the end. */
  readonly directory: string;
  readonly api: ServerProcess;
  /** An api over the same stores without a memory tier: each of its hits comes from Redis. */
  readonly apiWithoutMemory: ServerProcess;
  /** Headers that every request needs. */
  readonly headers: Readonly<Record<string, string>>;
  readonly files: number;
  readonly lines: number;
  /** Interleaved rounds, and the seconds of one sample. */
  readonly rounds: number;
  readonly seconds: number;
}

const MIN_CORES = 2;
/** Small enough for a list of many files, whose answer is then long. */
const LINES_PER_FILE = 1_000;
const FILES = { quick: 200, full: 1_000 };

export async function onStage<Result>(
  options: SuiteOptions,
  use: (stage: HttpStage) => Promise<Result>,
): Promise<Result> {
  const { quick, log } = options;
  if (cpus().length < MIN_CORES)
    throw new Error(`expected ${MIN_CORES} cores, one for the server and one for the load, got 1`);
  const wrk = await findOrInstall('wrk', { packages: ['wrk'], log });
  const files = filesOf(options);
  const directory = mkdtempSync(join(tmpdir(), 'pilotlight-bench-'));
  const running: { stop(): Promise<void> }[] = [];
  const started = async <Server extends { stop(): Promise<void> }>(starting: Promise<Server>): Promise<Server> => {
    const server = await starting;
    running.push(server);
    return server;
  };
  try {
    const services = await started(startServices({ ephemeral: true, log }));
    const token = secret();
    const env = apiEnvironment(services.env, token);
    const api = await started(startScript('apps/api/src/server.ts', env, { core: CORES.server }));
    const headers = { Authorization: `Bearer ${token}` };
    await loadFiles({ api, headers, env, files, log });
    await settle(services.env.DATABASE_URL);
    const withoutMemory = { ...env, CACHE_MEMORY_BYTES: '0' };
    const apiWithoutMemory = await started(
      startScript('apps/api/src/server.ts', withoutMemory, { core: CORES.server }),
    );
    const measuring = { rounds: quick ? 3 : 5, seconds: quick ? 1 : 2 };
    return await use({
      ...options,
      ...measuring,
      wrk,
      directory,
      api,
      apiWithoutMemory,
      headers,
      files,
      lines: files * LINES_PER_FILE,
    });
  } finally {
    for (const server of running.reverse()) await server.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

function filesOf({ lines, quick }: SuiteOptions): number {
  if (lines !== undefined) return Math.ceil(lines / LINES_PER_FILE);
  return quick ? FILES.quick : FILES.full;
}

function secret(): string {
  return randomBytes(24).toString('base64url');
}

/** Returns the environment of an api as in production: with tokens and with log lines. */
function apiEnvironment(services: Readonly<ServiceEnv>, token: string): Record<string, string> {
  return { ...services, LOG_LEVEL: 'info', API_TOKENS: token, ADMIN_TOKEN: secret(), PORT: '0' };
}

/** The worker runs only until the files are indexed: nothing is written later, and its warming would disturb the samples. */
async function loadFiles(about: {
  api: ServerProcess;
  headers: Record<string, string>;
  env: Record<string, string>;
  files: number;
  log: SuiteOptions['log'];
}): Promise<void> {
  const { api, headers, env, files, log } = about;
  const worker = await startScript('apps/worker/src/worker.ts', env, { waitsForUrl: false });
  try {
    const what = `uploading and indexing ${files} files of ${LINES_PER_FILE} lines`;
    await withProgress(log, what, () => uploadFiles(api.url, { headers, files, linesPerFile: LINES_PER_FILE }));
  } finally {
    await worker.stop();
  }
}

/** Does the work that autovacuum would do during the measurements. */
async function settle(databaseUrl: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query('VACUUM (ANALYZE)');
  await client.end();
}
