import { spawnSync } from 'node:child_process';
import { ServiceUnavailable } from '../errors.ts';

export interface ServerUser {
  uid: number;
  gid: number;
}

/**
 * Returns the user that runs Postgres, which refuses to run as root: for root the system's `postgres` user (created if
 * missing), else null for the current user.
 */
export function serverUser(log: (line: string) => void): ServerUser | null {
  if (process.getuid?.() !== 0) return null;
  const known = lookUp('postgres');
  if (known !== null) return known;
  log('Postgres does not run as root: creating the system user "postgres" for it');
  spawnSync('groupadd', ['--system', 'postgres'], { stdio: 'ignore' });
  spawnSync('useradd', ['--system', '--gid', 'postgres', '--no-create-home', 'postgres'], { stdio: 'ignore' });
  const made = lookUp('postgres');
  if (made !== null) return made;
  throw new ServiceUnavailable(
    'Postgres does not run as root, and the system user "postgres" could not be created. ' +
      'Run this as another user, create that user, or set DATABASE_URL to your own server.',
  );
}

function lookUp(name: string): ServerUser | null {
  const [uid, gid] = ['-u', '-g'].map((option) => {
    const answer = spawnSync('id', [option, name], { encoding: 'utf8' });
    return answer.status === 0 ? Number.parseInt(answer.stdout, 10) : Number.NaN;
  });
  if (uid === undefined || gid === undefined || Number.isNaN(uid) || Number.isNaN(gid)) return null;
  return { uid, gid };
}

/**
 * Returns whether the user can enter the directory. It asks the system, so modes, owners and access lists all count.
 */
export function canEnter(user: ServerUser, directory: string): boolean {
  return spawnSync('test', ['-x', directory], { uid: user.uid, gid: user.gid, cwd: '/' }).status === 0;
}
