import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ServerStartFailed } from '../errors.ts';
import { freeClusterPort, freePort } from '../process/free-port.ts';
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

const PORT_ATTEMPTS = 5;

/** Starts the program as a server and resolves when it answers. `how` describes the program. */
export async function redisOfBinary(
  binary: string,
  how: string,
  options: RedisServerOptions,
  supervisor: Supervisor,
): Promise<RunningRedis> {
  const { server, url, port } = await startOnFreePort(binary, options, supervisor);
  return runningServer(server, { url, port, how });
}

async function startOnFreePort(
  binary: string,
  options: RedisServerOptions,
  supervisor: Supervisor,
): Promise<{ server: ServerProcess; url: string; port: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await (options.cluster ? freeClusterPort() : freePort());
    const url = `redis://:${options.password}@127.0.0.1:${port}`;
    const server = redisProcess(binary, { ...options, port, url }, supervisor);
    try {
      await server.start();
      return { server, url, port };
    } catch (error) {
      // Another process may have taken the free port in the meantime.
      const taken = error instanceof ServerStartFailed && error.message.includes('Address already in use');
      if (!taken || attempt === PORT_ATTEMPTS) throw error;
    }
  }
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
