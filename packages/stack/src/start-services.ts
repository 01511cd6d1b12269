import { join, resolve } from 'node:path';
import { pingPostgres } from './postgres/ping-postgres.ts';
import { startPostgres } from './postgres/start-postgres.ts';
import { Guardian } from './process/guardian.ts';
import { pingRedis } from './redis/ping-redis.ts';
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

interface Part {
  variable: keyof ServiceEnv;
  service: string;
  ask(url: string): Promise<void>;
  start(): Promise<{ url: string; how: string; stop(): Promise<void> }>;
}

interface Had {
  url: string;
  how: string;
  stop(): Promise<void>;
}

/** All three services, ready to answer; each is the one in the environment, or one of our own. */
export async function startServices(options: ServicesOptions): Promise<Services> {
  const env = options.env ?? process.env;
  const guardian = Guardian.start();
  const parts = partsOf(options, guardian, env);
  const outcomes = await Promise.allSettled(parts.map((part) => obtain(part, env[part.variable], options.say)));
  const had = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const stop = async () => {
    await Promise.all(had.map((one) => one.stop()));
    guardian.release();
  };
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) {
    await stop();
    throw failed.reason;
  }
  const urlOf = (variable: keyof ServiceEnv): string => had[parts.findIndex((p) => p.variable === variable)]?.url ?? '';
  return {
    env: {
      DATABASE_URL: urlOf('DATABASE_URL'),
      REDIS_CACHE_URL: urlOf('REDIS_CACHE_URL'),
      REDIS_QUEUE_URL: urlOf('REDIS_QUEUE_URL'),
    },
    used: parts.map((part, index) => ({ service: part.service, how: had[index]?.how ?? '' })),
    stop,
  };
}

function partsOf(options: ServicesOptions, guardian: Guardian, env: NodeJS.ProcessEnv): Part[] {
  const ephemeral = options.ephemeral === true || options.dataDir === undefined;
  const place = (name: string) =>
    ephemeral || options.dataDir === undefined ? undefined : join(resolve(options.dataDir), name);
  const common = { say: options.say, guardian, env };
  return [
    {
      variable: 'DATABASE_URL',
      service: 'Postgres',
      ask: pingPostgres,
      start: () => startPostgres({ ...common, dataDir: place('postgres'), ephemeral }),
    },
    {
      variable: 'REDIS_CACHE_URL',
      service: 'Redis (cache)',
      ask: pingRedis,
      start: () => startRedis({ ...common, role: 'cache', dataDir: place('redis-cache') }),
    },
    {
      variable: 'REDIS_QUEUE_URL',
      service: 'Redis (queue)',
      ask: pingRedis,
      start: () => startRedis({ ...common, role: 'queue', dataDir: place('redis-queue') }),
    },
  ];
}

async function obtain(part: Part, url: string | undefined, say: Say): Promise<Had> {
  if (url === undefined || url === '') return part.start();
  await part.ask(url);
  say(`${part.service} answers (${part.variable} in the environment)`);
  return { url, how: `${part.variable} in the environment`, stop: () => Promise.resolve() };
}
