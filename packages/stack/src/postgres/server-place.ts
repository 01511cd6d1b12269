import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { LineLogger } from '../line-logger.ts';
import type { PostgresInstallation } from './postgres-binaries.ts';
import { canEnter, type ServerUser } from './server-user.ts';

const SYSTEM_DATA = '/var/lib/pilotlight';
const SYSTEM_CACHE = '/var/cache/pilotlight';

/**
 * Returns where the cluster of a data directory is. When running as root, the cluster belongs to another user, who may
 * be unable to reach the data directory (a clone under a 0700 home). The cluster is then in a system directory, and a
 * file in the data directory names it.
 */
export function clusterPlace(directory: string, user: ServerUser | null, log: LineLogger): string {
  const inside = join(directory, 'cluster');
  if (user === null) return inside;
  const pointer = join(directory, 'cluster-is-in');
  if (existsSync(pointer)) return readFileSync(pointer, 'utf8').trim();
  if (existsSync(inside)) return inside;
  // Opens only the path to our own directory, and only for traversal.
  chmodSync(directory, 0o711);
  if (canEnter(user, directory)) return inside;
  mkdirSync(SYSTEM_DATA, { recursive: true, mode: 0o711 });
  const outside = join(SYSTEM_DATA, randomUUID());
  log(`Postgres runs as its own user, which cannot reach ${directory}: its data is in ${outside}`);
  writeFileSync(pointer, `${outside}\n`);
  return outside;
}

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
