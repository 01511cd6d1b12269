import { execFile } from 'node:child_process';
import { chownSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DataDirUnusable, ServerStartFailed } from '../errors.ts';
import type { ServerUser } from '../process/server-user.ts';
import type { PostgresInstallation } from './postgres-binaries.ts';
import { makeClusterDirectory } from './reachable-installation.ts';

const run = promisify(execFile);

export const SUPERUSER = 'pilotlight';

export const LOCALE_ARGUMENTS = [
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
] as const;

/**
 * Creates the cluster unless a complete one exists. Its locale is Postgres' own C.UTF-8, so sort order and case are the
 * same on every machine.
 */
export async function initCluster(
  installation: PostgresInstallation,
  cluster: { path: string; password: string; user: ServerUser | null; ephemeral: boolean },
): Promise<void> {
  const finished = join(cluster.path, 'pilotlight-initialised');
  if (existsSync(finished)) {
    refuseOtherMajor(installation, cluster.path);
    return;
  }
  // A killed initdb leaves a directory that the next initdb rejects. It contains no data of ours yet.
  rmSync(cluster.path, { recursive: true, force: true });
  makeClusterDirectory(cluster.path, cluster.user);
  const passwordFile = `${cluster.path}.password`;
  writeFileSync(passwordFile, `${cluster.password}\n`, { mode: 0o600 });
  if (cluster.user !== null) chownSync(passwordFile, cluster.user.uid, cluster.user.gid);
  try {
    await run(
      join(installation.root, 'bin', 'initdb'),
      [
        `--pgdata=${cluster.path}`,
        `--username=${SUPERUSER}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        ...LOCALE_ARGUMENTS,
        '--no-instructions',
        ...(cluster.ephemeral ? ['--no-sync'] : []),
      ],
      { cwd: cluster.path, ...cluster.user },
    );
  } catch (error) {
    const output = error instanceof Error && 'stderr' in error ? `: ${error.stderr}` : '';
    throw new ServerStartFailed(`initdb could not create ${cluster.path}${output}`, { cause: error });
  } finally {
    rmSync(passwordFile, { force: true });
  }
  writeFileSync(finished, '');
}

function refuseOtherMajor(installation: PostgresInstallation, path: string): void {
  const found = readFileSync(join(path, 'PG_VERSION'), 'utf8').trim();
  const expected = installation.version.split('.')[0] ?? '';
  if (found === expected) return;
  throw new DataDirUnusable(
    `${path} was created by Postgres ${found}, but this is Postgres ${expected}. ` +
      'Choose another directory with --data-dir, or remove this one to start with an empty store.',
  );
}
