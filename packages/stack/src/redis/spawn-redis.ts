import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { freeClusterPort, freePort, onFreePort } from '../process/free-port.ts';
import { type RunningRedis, runningServer } from '../process/running-server.ts';
import { ServerProcess } from '../process/server-process.ts';
import type { Supervisor } from '../process/supervisor.ts';
import { pingRedis } from './ping-redis.ts';
import { type ClusterMembership, type RedisRole, redisConfig } from './redis-role.ts';

/** The programs that can serve as Redis, in the order in which PATH is searched for them. */
export const REDIS_BINARIES = ['redis-server', 'valkey-server'] as const;

export interface RedisServerOptions {
  role: RedisRole;
  password: string;
  directory: string;
  /** Undefined for a standalone server. */
  cluster?: ClusterMembership | undefined;
}

/** Starts the program as a server and resolves when it answers. `how` describes the program. */
export function redisOfBinary(
  binary: string,
  how: string,
  options: RedisServerOptions,
  supervisor: Supervisor,
): Promise<RunningRedis> {
  return onFreePort(options.cluster ? freeClusterPort : freePort, async (port) => {
    const url = `redis://:${options.password}@127.0.0.1:${port}`;
    const server = redisProcess(binary, { ...options, port, url }, supervisor);
    await server.start();
    return runningServer(server, { url, port, how });
  });
}

function redisProcess(
  binary: string,
  options: RedisServerOptions & { port: number; url: string },
  supervisor: Supervisor,
): ServerProcess {
  const { role, directory, port, password, cluster } = options;
  const config = join(directory, 'redis.conf');
  const content = redisConfig(role, { port, password, dir: directory, bind: '127.0.0.1', cluster });
  writeFileSync(config, content, { mode: 0o600 });
  return new ServerProcess(
    {
      name: `${basename(binary)} (${role})`,
      command: binary,
      args: [config],
      cwd: directory,
      logFile: join(directory, 'redis.log'),
      pidFile: join(directory, 'server.json'),
      stopSignal: 'SIGTERM',
      graceMs: 10_000,
      ask: () => pingRedis(options.url),
      readyWithinMs: 60_000,
    },
    supervisor,
  );
}
