import { basename } from 'node:path';
import { canInstall, installPackages } from '../apt-get.ts';
import { ServiceUnavailable } from '../errors.ts';
import type { LineLogger } from '../line-logger.ts';
import { findBinary } from '../process/find-binary.ts';
import type { RunningRedis } from '../process/running-server.ts';
import type { Supervisor } from '../process/supervisor.ts';
import { REDIS_BINARIES, type RedisServerOptions, redisOfBinary } from './spawn-redis.ts';

const PACKAGES = ['redis-server'];

/**
 * Gets a Redis on a machine without a Redis program: by Docker, then apt-get. Rejects with an error that names all
 * tried ways.
 */
export async function redisWithoutBinary(
  server: RedisServerOptions,
  tools: { supervisor: Supervisor; log: LineLogger; env: NodeJS.ProcessEnv },
): Promise<RunningRedis> {
  const { supervisor, log, env } = tools;
  const reasons = [`${REDIS_BINARIES.join(' or ')} on PATH: not found`];

  // Loading the Docker client takes about a second, which a machine with a Redis program never spends.
  const { dockerAnswers } = await import('../docker/container-server.ts');
  const { redisInDocker } = await import('./redis-in-docker.ts');
  const docker = await dockerAnswers();
  if (docker === true) {
    try {
      return await redisInDocker(server, log);
    } catch (error) {
      reasons.push(`Docker: ${messageOf(error)}`);
    }
  } else reasons.push(`Docker: ${docker}`);

  const installable = canInstall(PACKAGES, env);
  if (installable === true) {
    try {
      log(
        'No redis-server on PATH and no Docker: installing redis-server with apt-get, as root on a Debian-like system',
      );
      await installPackages(PACKAGES, env, log);
      const binary = findBinary(REDIS_BINARIES, env['PATH']);
      if (binary !== null)
        return await redisOfBinary(binary, `${basename(binary)}, installed with apt-get`, server, supervisor);
      reasons.push('apt-get: it installed redis-server, but PATH still has none');
    } catch (error) {
      reasons.push(`apt-get: ${messageOf(error)}`);
    }
  } else reasons.push(`apt-get: ${installable}`);

  throw new ServiceUnavailable(
    `No Redis is available. Tried, in this order:\n${reasons.map((reason) => `  - ${reason}`).join('\n')}\n` +
      'Install redis-server or valkey-server, start Docker, or set REDIS_CACHE_URL and REDIS_QUEUE_URL to two servers of your own.',
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
