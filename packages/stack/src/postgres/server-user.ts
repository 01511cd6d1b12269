import { spawnSync } from 'node:child_process';
import { ServiceUnavailable } from '../errors.ts';

export interface ServerUser {
  uid: number;
  gid: number;
}

/** Postgres refuses to run as root: as root, the system's `postgres` user (made when there is none); else null, ourselves. */
export function serverUser(say: (line: string) => void): ServerUser | null {
  if (process.getuid?.() !== 0) return null;
  const known = lookUp('postgres');
  if (known !== null) return known;
  say('Postgres does not run as root: making the system user "postgres" for it');
  spawnSync('groupadd', ['--system', 'postgres'], { stdio: 'ignore' });
  spawnSync('useradd', ['--system', '--gid', 'postgres', '--no-create-home', 'postgres'], { stdio: 'ignore' });
  const made = lookUp('postgres');
  if (made !== null) return made;
  throw new ServiceUnavailable(
    'Postgres',
    'Postgres does not run as root, and the system user "postgres" could not be made. ' +
      'Run this as another user, make that user, or set DATABASE_URL to a server of your own.',
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

/** Whether that user can enter the directory, asked of the system itself (modes, owners and access lists alike). */
export function canEnter(user: ServerUser, directory: string): boolean {
  return spawnSync('test', ['-x', directory], { uid: user.uid, gid: user.gid, cwd: '/' }).status === 0;
}
