import { newSecret, type RunningPostgres, type RunningRedis, startPostgres, startRedis } from '@pilotlight/stack';
import { migratedDatabase } from '@pilotlight/stack/vitest';
import { SystemProcess } from './system-process.ts';

export interface SystemOptions {
  readonly apis: number;
  readonly workers: number;
  /** Added to every process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** A separate Postgres, for tests that kill or freeze it. Defaults to a separate database on the run's server. */
  readonly ownPostgres?: boolean;
}

export interface SystemApi extends SystemProcess {
  readonly url: string;
}

/** Api and worker processes in their normal setup, on real services that no other test uses. */
export interface System {
  readonly apis: SystemApi[];
  readonly workers: SystemProcess[];
  readonly redis: { readonly cache: RunningRedis; readonly queue: RunningRedis };
  /** Null without `ownPostgres`. */
  readonly postgres: RunningPostgres | null;
  /** Environment of every process. */
  readonly env: Readonly<Record<string, string>>;
  readonly adminToken: string;
  /** Adds an api and resolves when it is ready. `more` is added to its environment. */
  addApi(more?: Readonly<Record<string, string>>): Promise<SystemApi>;
  addWorker(more?: Readonly<Record<string, string>>): Promise<SystemProcess>;
  /** Stops the apis and workers, not the services. */
  stopProcesses(): Promise<void>;
  /** Stops everything. Rejects if a process exited unexpectedly or did not end as it should. */
  stop(): Promise<void>;
}

/** Starts a system. Resolves once every api reports that it is ready and every worker takes jobs. */
export async function startSystem(options: SystemOptions): Promise<System> {
  const services = await startServices(options.ownPostgres ?? false);
  const adminToken = newSecret();
  const env = {
    LOG_LEVEL: 'debug',
    ...services.env,
    HOST: '127.0.0.1',
    PORT: '0',
    ADMIN_TOKEN: adminToken,
    ...options.env,
  };
  const apis: SystemApi[] = [];
  const workers: SystemProcess[] = [];
  const stop = async () => {
    const ended = await Promise.allSettled([...apis, ...workers].map((one) => one.stop()));
    await services.stop();
    const failed = ended.find((one) => one.status === 'rejected');
    if (failed) throw failed.reason;
  };
  const system: System = {
    apis,
    workers,
    redis: services.redis,
    postgres: services.postgres,
    env,
    adminToken,
    addApi: (more) => startApi(`api ${apis.length + 1}`, { ...env, ...more }, apis),
    addWorker: (more) => startWorker(`worker ${workers.length + 1}`, { ...env, ...more }, workers),
    stopProcesses: async () => {
      await Promise.all([...apis, ...workers].map((one) => one.stop()));
    },
    stop,
  };
  try {
    await Promise.all([
      ...Array.from({ length: options.apis }, () => system.addApi()),
      ...Array.from({ length: options.workers }, () => system.addWorker()),
    ]);
  } catch (error) {
    await stop().catch(() => undefined); // The reason of the failed start is more important.
    throw error;
  }
  return system;
}

async function startApi(name: string, env: Record<string, string>, among: SystemApi[]): Promise<SystemApi> {
  const started = new SystemProcess(name, 'apps/api/src/server.ts', withPath(env));
  const api = Object.assign(started, { url: '' });
  among.push(api);
  const [, url = ''] = await api.waitForLog(/^listening on (http:\S+)$/);
  api.url = url;
  await untilReady(api);
  return api;
}

async function startWorker(name: string, env: Record<string, string>, among: SystemProcess[]): Promise<SystemProcess> {
  const worker = new SystemProcess(name, 'apps/worker/src/worker.ts', withPath(env));
  among.push(worker);
  await worker.waitForLog(/^Worker ready$/);
  return worker;
}

const READY_WITHIN_MS = 60_000;

async function untilReady(api: SystemApi): Promise<void> {
  const giveUpAt = performance.now() + READY_WITHIN_MS;
  for (;;) {
    const { status, body } = await fetch(`${api.url}/readyz`).then(
      async (answer) => ({ status: answer.status, body: await answer.text() }),
      (error: unknown) => ({ status: 0, body: String(error) }),
    );
    if (status === 200) return;
    if (api.hasEnded || performance.now() > giveUpAt) {
      throw new Error(`${api.name} is not ready: ${status} ${body}\n${api.lines.slice(-40).join('\n')}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A process gets only PATH from this process's environment. */
function withPath(env: Record<string, string>): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], ...env };
}

async function startServices(ownPostgres: boolean) {
  const [cache, queue, database] = await Promise.all([
    startRedis({ role: 'cache' }),
    startRedis({ role: 'queue' }),
    ownPostgres ? ownServer() : sharedServer(),
  ]);
  return {
    redis: { cache, queue },
    postgres: database.postgres,
    env: { DATABASE_URL: database.url, REDIS_CACHE_URL: cache.url, REDIS_QUEUE_URL: queue.url },
    stop: async () => {
      await Promise.all([cache.stop(), queue.stop(), database.stop()]);
    },
  };
}

async function ownServer() {
  const postgres = await startPostgres({});
  return { postgres, url: postgres.url, stop: () => postgres.stop() };
}

async function sharedServer() {
  const { url, drop } = await migratedDatabase();
  return { postgres: null, url, stop: drop };
}
