import { homedir } from 'node:os';
import { join } from 'node:path';
import { SYSTEM_CACHE } from './process/server-place.ts';

/**
 * Returns the directory for files that take long to download or to make, which may not exist yet. Root's own cache is out of reach of
 * the users that run the servers, so root uses a directory of the system.
 */
export function cacheDirectory(env: NodeJS.ProcessEnv): string {
  if (process.getuid?.() === 0) return SYSTEM_CACHE;
  const given = env['XDG_CACHE_HOME'];
  return join(given === undefined || given === '' ? join(homedir(), '.cache') : given, 'pilotlight');
}
