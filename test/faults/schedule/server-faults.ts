import type { RunningRedis } from '@pilotlight/stack';
import { childrenOf } from '@pilotlight/stack/testing';
import { Redis } from 'ioredis';
import { sendSignal, signalServer } from '../system/signals.ts';
import { type Fault, nothing, type Scene } from './fault.ts';

type RedisName = 'cache' | 'queue';

const NOBODY = 1;

/** Faults of the servers: both Redis servers, and Postgres. */
export const SERVER_FAULTS: readonly Fault[] = [
  ...(['cache', 'queue'] as const).flatMap((name) => [
    killed(name),
    frozen(name),
    full(name),
    readOnly(name),
    flushed(name),
    restartedEmpty(name),
  ]),
  {
    name: 'database killed',
    to: 'postgres',
    lastsMs: [100, 3_000],
    begin: async ({ system: { postgres } }) => {
      postgres.kill('SIGKILL');
      return () => postgres.restart();
    },
  },
  {
    name: 'database frozen',
    to: 'postgres',
    lastsMs: [200, 6_000],
    begin: async ({ system: { postgres } }) => {
      signalServer(postgres.pid, 'SIGSTOP');
      return async () => signalServer(postgres.pid, 'SIGCONT');
    },
  },
  {
    // The server then ends every other session too and recovers from its WAL.
    name: 'database session killed',
    to: 'postgres',
    lastsMs: [0, 500],
    begin: async ({ system: { postgres }, random }) => {
      const sessions = postgres.pid === null ? [] : childrenOf(postgres.pid);
      sendSignal(random.oneOf(sessions), 'SIGKILL');
      return nothing;
    },
  },
];

const redisOf = ({ system }: Scene, name: RedisName): RunningRedis => (name === 'cache' ? system.cache : system.queue);

function redisFault(
  name: RedisName,
  what: string,
  lastsMs: Fault['lastsMs'],
  begin: (redis: RunningRedis) => Promise<() => Promise<void>>,
): Fault {
  return {
    name: `${name} server ${what}`,
    to: name,
    lastsMs,
    begin: (scene) => begin(redisOf(scene, name)),
  };
}

function killed(name: RedisName): Fault {
  return redisFault(name, 'killed', [100, 4_000], async (redis) => {
    redis.kill('SIGKILL');
    return () => redis.restart();
  });
}

function frozen(name: RedisName): Fault {
  return redisFault(name, 'frozen', [100, 6_000], async (redis) => {
    redis.kill('SIGSTOP');
    return async () => redis.kill('SIGCONT');
  });
}

/** The server answers reads and rejects every write. */
function full(name: RedisName): Fault {
  return redisFault(name, 'full', [500, 5_000], async (redis) => {
    const before = await administer(redis, (client) => client.config('GET', 'maxmemory'));
    await administer(redis, (client) => client.config('SET', 'maxmemory', '1'));
    return async () => {
      await administer(redis, (client) => client.config('SET', 'maxmemory', String(Object(before)[1])));
    };
  });
}

/** Like a failover that its clients have not noticed: the server becomes a replica of a server that does not exist. */
function readOnly(name: RedisName): Fault {
  return redisFault(name, 'read-only', [500, 5_000], async (redis) => {
    await administer(redis, (client) => client.replicaof('127.0.0.1', NOBODY));
    return async () => {
      await administer(redis, (client) => client.replicaof('NO', 'ONE'));
    };
  });
}

function flushed(name: RedisName): Fault {
  return redisFault(name, 'flushed', [0, 500], async (redis) => {
    await administer(redis, (client) => client.flushall());
    return nothing;
  });
}

function restartedEmpty(name: RedisName): Fault {
  return redisFault(name, 'restarted without its data', [0, 2_000], async (redis) => {
    // Acknowledged data survives a kill in the server's file, so the flush is written to it as well.
    await administer(redis, (client) => client.flushall());
    redis.kill('SIGKILL');
    return () => redis.restart();
  });
}

/** Runs one command on a separate connection that bypasses every link. */
export async function administer<Result>(
  { url }: Pick<RunningRedis, 'url'>,
  work: (client: Redis) => Promise<Result>,
): Promise<Result> {
  const client = new Redis(url, { commandTimeout: 5_000, maxRetriesPerRequest: 3 });
  // The running command rejects as well.
  client.on('error', () => undefined);
  try {
    return await work(client);
  } finally {
    client.disconnect();
  }
}
