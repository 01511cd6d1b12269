import { join, resolve } from 'node:path';
import { lockDataDir } from './data-dir-lock.ts';
import { pingElasticsearch } from './elasticsearch/ping-elasticsearch.ts';
import { startElasticsearch } from './elasticsearch/start-elasticsearch.ts';
import { ServiceUnavailable } from './errors.ts';
import type { LineLogger } from './line-logger.ts';
import { pingPostgres } from './postgres/ping-postgres.ts';
import { startPostgres } from './postgres/start-postgres.ts';
import { Supervisor } from './process/supervisor.ts';
import { pingRedis } from './redis/ping-redis.ts';
import type { RedisRole } from './redis/redis-role.ts';
import { startRedis } from './redis/start-redis.ts';
import type { ServiceEnv, Services } from './services.ts';

export interface ServicesOptions {
  /** Persistent data directory. Ignored with `ephemeral`. */
  dataDir?: string | undefined;
  /** Uses throw-away directories that are removed with the services. */
  ephemeral?: boolean | undefined;
  /** Also starts Elasticsearch, which keeps the records instead of Postgres. */
  elasticsearch?: boolean | undefined;
  /** Where to look for the URLs of existing services. Defaults to `process.env`. */
  env?: NodeJS.ProcessEnv | undefined;
  log: LineLogger;
}

/** A service in use. `how` says where it comes from; `stop` does nothing for a service of the environment. */
interface RunningService {
  url: string;
  how: string;
  stop(): Promise<void>;
}

interface Running {
  postgres: RunningService;
  cache: RunningService;
  queue: RunningService;
  /** Null if it was not asked for. */
  elasticsearch: RunningService | null;
}

/**
 * Starts the services and resolves when they answer. A service that the environment names is used instead of
 * starting one.
 */
export async function startServices(options: ServicesOptions): Promise<Services> {
  const supervisor = Supervisor.start();
  const started: RunningService[] = [];
  let lock: { release(): void } | null = null;
  const stop = async () => {
    await Promise.all(started.map((one) => one.stop()));
    lock?.release();
    supervisor.release();
  };
  try {
    const dataDir = options.ephemeral === true || options.dataDir === undefined ? null : resolve(options.dataDir);
    if (dataDir !== null) lock = await lockDataDir(dataDir, { supervisorPid: supervisor.pid, log: options.log });
    const { postgres, cache, queue, elasticsearch } = await startAll(
      { ...options, env: options.env ?? process.env, dataDir },
      supervisor,
      started,
    );
    return {
      env: {
        DATABASE_URL: postgres.url,
        REDIS_CACHE_URL: cache.url,
        REDIS_QUEUE_URL: queue.url,
        ...(elasticsearch && { ELASTICSEARCH_URL: elasticsearch.url }),
      },
      used: [
        { service: 'Postgres', how: postgres.how },
        { service: 'Redis (cache)', how: cache.how },
        { service: 'Redis (queue)', how: queue.how },
        ...(elasticsearch ? [{ service: 'Elasticsearch', how: elasticsearch.how }] : []),
      ],
      supervise: (pid) => supervisor.watch({ kind: 'process', id: pid, stopSignal: 'SIGTERM', graceMs: 15_000 }),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Starts the services in parallel. Adds each one to `started`, so that the caller can stop them if another fails. */
async function startAll(
  options: { log: LineLogger; env: NodeJS.ProcessEnv; dataDir: string | null; elasticsearch?: boolean | undefined },
  supervisor: Supervisor,
  started: RunningService[],
): Promise<Running> {
  const { log, env, dataDir } = options;
  const directory = (name: string) => (dataDir === null ? undefined : join(dataDir, name));
  const track = (service: RunningService): RunningService => {
    started.push(service);
    return service;
  };
  const usePostgres = async () => {
    const fromEnv = await fromEnvironment('DATABASE_URL', pingPostgres, env, log);
    return track(fromEnv ?? (await startPostgres({ log, supervisor, dataDir: directory('postgres') })));
  };
  const useRedis = async (variable: 'REDIS_CACHE_URL' | 'REDIS_QUEUE_URL', role: RedisRole) => {
    const fromEnv = await fromEnvironment(variable, pingRedis, env, log);
    return track(fromEnv ?? (await startRedis({ log, env, supervisor, role, dataDir: directory(`redis-${role}`) })));
  };
  const useBothRedis = async () => {
    // One after the other: the first may have to install the program.
    const cache = await useRedis('REDIS_CACHE_URL', 'cache');
    const queue = await useRedis('REDIS_QUEUE_URL', 'queue');
    return { cache, queue };
  };
  const useElasticsearch = async () => {
    if (options.elasticsearch !== true) return null;
    const fromEnv = await fromEnvironment('ELASTICSEARCH_URL', pingElasticsearch, env, log);
    return track(fromEnv ?? (await startElasticsearch({ log, env, supervisor, dataDir: directory('elasticsearch') })));
  };
  // All settle before an error is thrown, so that `started` is complete.
  const [postgres, redis, elasticsearch] = await Promise.allSettled([
    usePostgres(),
    useBothRedis(),
    useElasticsearch(),
  ]);
  if (postgres.status === 'rejected') throw postgres.reason;
  if (redis.status === 'rejected') throw redis.reason;
  if (elasticsearch.status === 'rejected') throw elasticsearch.reason;
  return { postgres: postgres.value, ...redis.value, elasticsearch: elasticsearch.value };
}

/**
 * Returns the service that the environment names once it answers, or null if the variable is unset or empty. Rejects
 * with `ServiceUnavailable` if the service does not answer.
 */
async function fromEnvironment(
  variable: keyof ServiceEnv,
  ping: (url: string) => Promise<void>,
  env: NodeJS.ProcessEnv,
  log: LineLogger,
): Promise<RunningService | null> {
  const url = env[variable];
  if (url === undefined || url === '') return null;
  const how = `${variable} in the environment`;
  try {
    await ping(url);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ServiceUnavailable(
      `${variable} in the environment: expected a server that answers, got "${reason}". Correct it, or unset it to have one started.`,
      { cause },
    );
  }
  log(`${how} answers`);
  return { url, how, stop: () => Promise.resolve() };
}
