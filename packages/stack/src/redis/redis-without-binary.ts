import { ServiceUnavailable } from '../errors.ts';
import type { Guardian } from '../process/guardian.ts';
import type { Say } from '../say.ts';
import type { RunningRedis } from './running-redis.ts';
import type { RedisServerOptions } from './spawn-redis.ts';

/** The ways to a Redis on a machine that has no program for it: Docker, then apt-get. */
export async function redisWithoutBinary(
  _server: RedisServerOptions,
  _tools: { guardian: Guardian; say: Say; env: NodeJS.ProcessEnv },
): Promise<RunningRedis> {
  throw new ServiceUnavailable('Redis', 'No redis-server on PATH.');
}
