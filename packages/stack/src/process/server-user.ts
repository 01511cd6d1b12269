import { spawnSync } from 'node:child_process';
import { ServiceUnavailable } from '../errors.ts';

export interface ServerUser {
  uid: number;
  gid: number;
}

/** A server that refuses to run as root. */
export interface RootlessService {
  /** Used in messages, e.g. `Postgres`. */
  name: string;
  /** The system user that runs the server if this process is root. */
  user: string;
  /** The environment variable that names a server of the caller's own. */
  variable: string;
}

/**
 * Returns the user that runs a server that refuses to run as root: for root the system's own user of the service
 * (created if missing), else null for the current user.
 */
export function serverUser({ name, user, variable }: RootlessService, log: (line: string) => void): ServerUser | null {
  if (process.getuid?.() !== 0) return null;
  const known = lookUp(user);
  if (known !== null) return known;
  log(`${name} does not run as root: creating the system user "${user}" for it`);
  spawnSync('groupadd', ['--system', user], { stdio: 'ignore' });
  spawnSync('useradd', ['--system', '--gid', user, '--no-create-home', user], { stdio: 'ignore' });
  const made = lookUp(user);
  if (made !== null) return made;
  throw new ServiceUnavailable(
    `${name} does not run as root, and the system user "${user}" could not be created. ` +
      `Run this as another user, create that user, or set ${variable} to your own server.`,
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
