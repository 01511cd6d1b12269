import { chownSync, cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { LineLogger } from '../line-logger.ts';
import { SYSTEM_CACHE } from '../process/server-place.ts';
import { canEnter, type ServerUser } from '../process/server-user.ts';
import type { PostgresInstallation } from './postgres-binaries.ts';

/** Creates the cluster's directory, owned by the user that runs the server. */
export function makeClusterDirectory(cluster: string, user: ServerUser | null): void {
  mkdirSync(cluster, { recursive: true, mode: 0o700 });
  if (user !== null) chownSync(cluster, user.uid, user.gid);
}

/**
 * Returns an installation that the user can execute: the npm package's own, or a copy in a system cache if the user
 * cannot reach it.
 */
export function reachableInstallation(
  installation: PostgresInstallation,
  user: ServerUser | null,
  log: LineLogger,
): PostgresInstallation {
  const { root, version } = installation;
  if (user === null || canEnter(user, join(root, 'bin'))) return installation;
  const copy = join(SYSTEM_CACHE, `postgres-${version}-${process.platform}-${process.arch}`);
  if (!existsSync(copy)) {
    log(`Postgres runs as its own user, which cannot reach ${root}: copying its programs to ${copy}`);
    const unfinished = `${copy}.${process.pid}`;
    mkdirSync(SYSTEM_CACHE, { recursive: true, mode: 0o755 });
    cpSync(root, unfinished, { recursive: true, verbatimSymlinks: true });
    // The first process wins: a rename onto a directory that is not empty fails.
    try {
      renameSync(unfinished, copy);
    } catch (error) {
      if (!existsSync(copy)) throw error;
      rmSync(unfinished, { recursive: true, force: true });
    }
  }
  return { root: copy, version };
}
