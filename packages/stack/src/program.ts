import { canInstall, installPackages } from './apt-get.ts';
import { ServiceUnavailable } from './errors.ts';
import type { LineLogger } from './line-logger.ts';
import { findBinary } from './process/find-binary.ts';

/** Debian installs servers here, and the PATH of an ordinary user lacks these folders. */
const SYSTEM_FOLDERS = '/usr/local/sbin:/usr/sbin:/sbin';

/**
 * Returns the path of a program. A missing one is installed from its Debian packages if the system is Debian-like and the user
 * is root. Rejects with `ServiceUnavailable`, which says why that was not possible.
 */
export async function findOrInstall(
  program: string,
  { packages, log, env = process.env }: { packages: readonly string[]; log: LineLogger; env?: NodeJS.ProcessEnv },
): Promise<string> {
  const find = () => findBinary([program], `${env['PATH'] ?? ''}:${SYSTEM_FOLDERS}`);
  const found = find();
  if (found !== null) return found;
  const installable = canInstall(packages, env);
  if (installable !== true) throw new ServiceUnavailable(`${program}: not on PATH, and ${installable}`);
  log(`No ${program} on PATH: installing ${packages.join(', ')} with apt-get`);
  try {
    await installPackages(packages, env, log);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ServiceUnavailable(`${program}: not on PATH, and apt-get failed: ${reason}`, { cause });
  }
  const installed = find();
  if (installed === null)
    throw new ServiceUnavailable(`${program}: not on PATH after installing ${packages.join(', ')}`);
  return installed;
}
