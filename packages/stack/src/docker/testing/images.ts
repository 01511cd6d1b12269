import type { LineLogger } from '../../line-logger.ts';
import { CommandFailed, hasImage, runDocker } from '../docker-cli.ts';
import type { DockerDaemon } from '../start-docker.ts';
import { isReplaceable, Replacements } from './replacements.ts';

const PULL_WITHIN_MS = 300_000;

/**
 * Makes images available to a daemon: those that it has, else those that it can pull, else replacements under the same names.
 * Replacements are only made in a daemon of this package's own, because in another one they would hide the real images.
 *
 * @returns the names of the images that are replacements
 */
export async function prepareImages(
  docker: DockerDaemon,
  names: readonly string[],
  log: LineLogger,
): Promise<readonly string[]> {
  const pulled = await Promise.all([...new Set(names)].map((name) => pull(docker, name)));
  const missing = pulled.filter((name) => name !== null);
  if (missing.length === 0) return [];
  const replacements = new Replacements(docker, log);
  try {
    // One after the other: each is limited by the speed of the disk.
    for (const name of missing) await replacements.make(name);
  } finally {
    replacements.dispose();
  }
  log(`Made replacements for images that cannot be pulled here: ${missing.join(', ')}`);
  return missing;
}

/** Returns null once the daemon has the image, or its name if it cannot be pulled but replaced. */
async function pull(docker: DockerDaemon, name: string): Promise<string | null> {
  if (await hasImage(docker, name)) return null;
  try {
    await runDocker(docker, ['pull', '--quiet', name], PULL_WITHIN_MS);
    return null;
  } catch (error) {
    if (!docker.isOwn || !(error instanceof CommandFailed) || !isReplaceable(name)) throw error;
    return name;
  }
}
