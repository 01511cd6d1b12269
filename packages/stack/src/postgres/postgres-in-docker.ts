import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { GenericContainer } from 'testcontainers';
import { LoopbackContainer, startContainerServer } from '../docker/container-server.ts';
import type { LineLogger } from '../line-logger.ts';
import { freePort } from '../process/free-port.ts';
import type { RunningPostgres } from '../process/running-server.ts';
import { LOCALE_ARGUMENTS, SUPERUSER } from './init-cluster.ts';
import { pingPostgres } from './ping-postgres.ts';
import { postgresArguments } from './postgres-settings.ts';
import { DATABASE } from './spawn-postgres.ts';

export const POSTGRES_IMAGE = 'postgres:18.4';
const INSIDE_PORT = 5432;
const PASSWORD_FILE = '/tmp/postgres-password';

interface PostgresInDockerOptions {
  /** Holds the data, in a folder of its own. */
  directory: string;
  password: string;
  /** Disables fsync, for data that may be lost. */
  ephemeral: boolean;
  /** Lets standbys follow it. */
  replicates: boolean;
}

/** Starts one Postgres in a container, published on the loopback interface only. Its data is in `directory`. */
export async function postgresInDocker(options: PostgresInDockerOptions, log: LineLogger): Promise<RunningPostgres> {
  const port = await freePort();
  const url = `postgres://${SUPERUSER}:${options.password}@127.0.0.1:${port}/${DATABASE}`;
  return await startContainerServer(containerOf(options, port), {
    name: 'Postgres',
    image: POSTGRES_IMAGE,
    url,
    port,
    ask: () => pingPostgres(url),
    log,
  });
}

function containerOf(
  { directory, password, ephemeral, replicates }: PostgresInDockerOptions,
  port: number,
): GenericContainer {
  const data = join(directory, 'docker-cluster');
  mkdirSync(data, { recursive: true });
  const container = new LoopbackContainer(POSTGRES_IMAGE)
    .withCopyContentToContainer([{ content: password, target: PASSWORD_FILE, mode: 0o644 }])
    .withEnvironment({
      POSTGRES_USER: SUPERUSER,
      POSTGRES_DB: DATABASE,
      POSTGRES_PASSWORD_FILE: PASSWORD_FILE,
      POSTGRES_INITDB_ARGS: LOCALE_ARGUMENTS.join(' '),
    })
    // The port is published on the loopback interface of this machine; inside, the server listens on every address.
    .withCommand(['postgres', ...postgresArguments({ ephemeral, replicates }), '-c', 'listen_addresses=*'])
    .withBindMounts([{ source: data, target: '/var/lib/postgresql' }])
    .withExposedPorts({ container: INSIDE_PORT, host: port });
  const [uid, gid] = [process.getuid?.(), process.getgid?.()];
  // The image changes from root to its own user by itself. Files of another user could not be removed.
  return uid === undefined || gid === undefined || uid === 0 ? container : container.withUser(`${uid}:${gid}`);
}
