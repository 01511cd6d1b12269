import { join, resolve } from 'node:path';
import { lockDataDir } from './data-dir-lock.ts';
import { ServiceUnavailable } from './errors.ts';
import { pingPostgres } from './postgres/ping-postgres.ts';
import { startPostgres } from './postgres/start-postgres.ts';
import { Guardian } from './process/guardian.ts';
import { pingRedis } from './redis/ping-redis.ts';
import type { RedisRole } from './redis/redis-role.ts';
import { startRedis } from './redis/start-redis.ts';
import type { Say } from './say.ts';
import type { ServiceEnv, Services } from './services.ts';

export interface ServicesOptions {
  /** Kept. Ignored with `ephemeral`. */
  dataDir?: string | undefined;
  /** Throw-away directories, gone when the services are. */
  ephemeral?: boolean | undefined;
  /** Where a URL of a service that is there already is looked for. */
  env?: NodeJS.ProcessEnv | undefined;
  say: Say;
}

interface Had {
  url: string;
  how: string;
  stop(): Promise<void>;
}

/** All three services, ready to answer; each is the one in the environment, or one of our own. */
export async function startServices(options: ServicesOptions): Promise<Services> {
  const guardian = Guardian.start();
  const started: Had[] = [];
  let lock: { release(): void } | null = null;
  const stop = async () => {
    await Promise.all(started.map((one) => one.stop()));
    lock?.release();
    guardian.release();
  };
  try {
    const dataDir = options.ephemeral === true || options.dataDir === undefined ? null : resolve(options.dataDir);
    if (dataDir !== null) lock = await lockDataDir(dataDir, { guardianPid: guardian.pid, say: options.say });
    const { postgres, cache, queue } = await startAll(
      { ...options, env: options.env ?? process.env, dataDir },
      guardian,
      started,
    );
    return {
      env: { DATABASE_URL: postgres.url, REDIS_CACHE_URL: cache.url, REDIS_QUEUE_URL: queue.url },
      used: [
        { service: 'Postgres', how: postgres.how },
        { service: 'Redis (cache)', how: cache.how },
        { service: 'Redis (queue)', how: queue.how },
      ],
      adopt: (pid) => guardian.watch({ kind: 'process', id: pid, stopSignal: 'SIGTERM', graceMs: 15_000 }),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** `started` is told of each one as it is there, so that they can be stopped when another fails. */
async function startAll(
  options: { say: Say; env: NodeJS.ProcessEnv; dataDir: string | null },
  guardian: Guardian,
  started: Had[],
): Promise<{ postgres: Had; cache: Had; queue: Had }> {
  const { say, env, dataDir } = options;
  const common = { say, env, guardian };
  const place = (name: string) => (dataDir === null ? undefined : join(dataDir, name));
  const keep = async (had: Promise<Had>): Promise<Had> => {
    started.push(await had);
    return had;
  };
  const redis = async () => {
    const start = (role: RedisRole) => () => startRedis({ ...common, role, dataDir: place(`redis-${role}`) });
    // One after the other: the first may have to install the program.
    const cache = await keep(given('REDIS_CACHE_URL', pingRedis, env, say) ?? start('cache')());
    const queue = await keep(given('REDIS_QUEUE_URL', pingRedis, env, say) ?? start('queue')());
    return { cache, queue };
  };
  const postgres = () =>
    keep(given('DATABASE_URL', pingPostgres, env, say) ?? startPostgres({ ...common, dataDir: place('postgres') }));
  const [ofPostgres, ofRedis] = await Promise.allSettled([postgres(), redis()]);
  if (ofPostgres.status === 'rejected') throw ofPostgres.reason;
  if (ofRedis.status === 'rejected') throw ofRedis.reason;
  return { postgres: ofPostgres.value, ...ofRedis.value };
}

/** The service that the environment names, once it has answered; null when it names none. */
function given(
  variable: keyof ServiceEnv,
  ask: (url: string) => Promise<void>,
  env: NodeJS.ProcessEnv,
  say: Say,
): Promise<Had> | null {
  const url = env[variable];
  if (url === undefined || url === '') return null;
  const how = `${variable} in the environment`;
  return ask(url).then(
    () => {
      say(`${how} answers`);
      return { url, how, stop: () => Promise.resolve() };
    },
    (cause: unknown) => {
      const said = cause instanceof Error ? cause.message : String(cause);
      throw new ServiceUnavailable(
        variable,
        `${variable} in the environment: expected a server that answers, got "${said}". Correct it, or unset it to have one started.`,
        { cause },
      );
    },
  );
}
