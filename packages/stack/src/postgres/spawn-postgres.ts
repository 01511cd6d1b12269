import { join } from 'node:path';
import { freePort, onFreePort } from '../process/free-port.ts';
import { ServerProcess } from '../process/server-process.ts';
import type { ServerUser } from '../process/server-user.ts';
import type { Supervisor } from '../process/supervisor.ts';
import { SUPERUSER } from './init-cluster.ts';
import { pingPostgres, withClient } from './ping-postgres.ts';
import type { PostgresInstallation } from './postgres-binaries.ts';
import { postgresArguments } from './postgres-settings.ts';
import { removeStalePidFile } from './stale-pid-file.ts';

/** An initialised cluster and the programs that run it. */
export interface Cluster {
  installation: PostgresInstallation;
  path: string;
  /** Directory for the log and the process note. */
  directory: string;
  password: string;
  user: ServerUser | null;
  ephemeral: boolean;
  replicates: boolean;
}

export const DATABASE = 'pilotlight';

/** Starts the server and resolves when it answers and has our database. */
export function spawnPostgres(
  cluster: Cluster,
  supervisor: Supervisor,
): Promise<{ server: ServerProcess; url: string; port: number }> {
  return onFreePort(freePort, async (port) => {
    const url = `postgres://${SUPERUSER}:${cluster.password}@127.0.0.1:${port}`;
    const server = postgresProcess(cluster, port, `${url}/postgres`, supervisor);
    try {
      await server.start();
      await ensureDatabase(`${url}/postgres`);
    } catch (error) {
      await server.stop();
      throw error;
    }
    return { server, url: `${url}/${DATABASE}`, port };
  });
}

function postgresProcess(cluster: Cluster, port: number, url: string, supervisor: Supervisor): ServerProcess {
  return new ServerProcess(
    {
      name: 'postgres',
      command: join(cluster.installation.root, 'bin', 'postgres'),
      args: ['-D', cluster.path, '-p', String(port), ...postgresArguments(cluster)],
      cwd: cluster.path,
      user: cluster.user ?? undefined,
      logFile: join(cluster.directory, 'postgres.log'),
      pidFile: join(cluster.directory, 'server.json'),
      prepare: () => removeStalePidFile(cluster.path),
      // The children of a killed server take a moment to notice.
      passes: (log) => log.includes('pre-existing shared memory block'),
      // Fast shutdown: rolls open transactions back and does not wait for clients.
      stopSignal: 'SIGINT',
      graceMs: 20_000,
      ask: () => pingPostgres(url),
      readyWithinMs: 120_000,
    },
    supervisor,
  );
}

async function ensureDatabase(serverUrl: string): Promise<void> {
  await withClient(serverUrl, async (client) => {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE} STRATEGY file_copy`);
  });
}
