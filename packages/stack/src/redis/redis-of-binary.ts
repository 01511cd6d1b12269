import type { Guardian } from '../process/guardian.ts';
import type { RunningRedis } from './running-redis.ts';
import { type RedisServerOptions, spawnRedis } from './spawn-redis.ts';

/** Runs the program and shows it as a `RunningRedis`. */
export async function redisOfBinary(
  binary: string,
  how: string,
  options: RedisServerOptions,
  guardian: Guardian,
): Promise<RunningRedis> {
  const { server, url, port } = await spawnRedis(binary, options, guardian);
  return {
    url,
    port,
    how,
    get pid() {
      return server.pid;
    },
    kill: (signal) => server.kill(signal),
    restart: () => server.restart(),
    stop: () => server.stop(),
  };
}
