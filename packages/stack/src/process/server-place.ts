import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LineLogger } from '../line-logger.ts';
import { canEnter, type ServerUser } from './server-user.ts';

const SYSTEM_DATA = '/var/lib/pilotlight';
/** Programs that another user than root runs, if root's own copy is out of that user's reach. */
export const SYSTEM_CACHE = '/var/cache/pilotlight';

/**
 * Returns the directory of a server's data within `directory`. When running as root, the data belongs to another user,
 * who may be unable to reach `directory` (a clone under a 0700 home). The data is then in a system directory, and a file
 * in `directory` names it.
 *
 * @param name name of the data's directory, such as `cluster`
 */
export function serverPlace(
  directory: string,
  { service, name, user }: { service: string; name: string; user: ServerUser | null },
  log: LineLogger,
): string {
  const inside = join(directory, name);
  if (user === null) return inside;
  const pointer = join(directory, `${name}-is-in`);
  if (existsSync(pointer)) return readFileSync(pointer, 'utf8').trim();
  if (existsSync(inside)) return inside;
  // Opens only the path to our own directory, and only for traversal.
  chmodSync(directory, 0o711);
  if (canEnter(user, directory)) return inside;
  mkdirSync(SYSTEM_DATA, { recursive: true, mode: 0o711 });
  const outside = join(SYSTEM_DATA, randomUUID());
  log(`${service} runs as its own user, which cannot reach ${directory}: its data is in ${outside}`);
  writeFileSync(pointer, `${outside}\n`);
  return outside;
}
