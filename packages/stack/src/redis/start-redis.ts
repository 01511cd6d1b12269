import { basename, join } from 'node:path';
import { openDirectory } from '../directory.ts';
import { type LineLogger, seconds } from '../line-logger.ts';
import { findBinary } from '../process/find-binary.ts';
import { type RunningRedis, runningServer } from '../process/running-server.ts';
import { Supervisor } from '../process/supervisor.ts';
import { keptSecret } from '../secret.ts';
import type { ClusterMembership, RedisRole } from './redis-role.ts';
import { redisWithoutBinary } from './redis-without-binary.ts';
import { REDIS_BINARIES, redisOfBinary } from './spawn-redis.ts';

export interface RedisOptions {
  role: RedisRole;
  /** Persistent data directory. Without it the data is removed with the server. */
  dataDir?: string | undefined;
  /** Defaults to a generated one that is stored in `dataDir`. */
  password?: string | undefined;
  /** Undefined for a standalone server. */
  cluster?: ClusterMembership | undefined;
  log?: LineLogger | undefined;
  /** Supervisor that watches the server. Defaults to a new one. */
  supervisor?: Supervisor | undefined;
  env?: NodeJS.ProcessEnv | undefined;
}

/**
 * Starts one private Redis on the loopback interface and resolves when it answers. It uses `redis-server` or
 * `valkey-server` on PATH, else Docker, else apt-get where possible. Rejects with `ServiceUnavailable` if none works.
 */
export async function startRedis(options: RedisOptions): Promise<RunningRedis> {
  const startedAt = performance.now();
  const env = options.env ?? process.env;
  const log = options.log ?? (() => undefined);
  const supervisor = options.supervisor ?? Supervisor.start();
  const directory = openDirectory(options.dataDir, supervisor);
  const letGo = () => {
    directory.dispose();
    if (options.supervisor === undefined) supervisor.release();
  };
  try {
    const password = options.password ?? keptSecret(join(directory.path, 'password'));
    const { role, cluster } = options;
    const server = { role, password, directory: directory.path, cluster };
    const binary = findBinary(REDIS_BINARIES, env['PATH']);
    const running =
      binary === null
        ? await redisWithoutBinary(server, { supervisor, log, env })
        : await redisOfBinary(binary, `${basename(binary)} on PATH`, server, supervisor);
    log(`Redis (${options.role}) ready in ${seconds(performance.now() - startedAt)} (${running.how})`);
    return runningServer(running, running, letGo);
  } catch (error) {
    letGo();
    throw error;
  }
}
