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
  const missing: string[] = [];
  for (const name of names) if (!(await hasImage(docker, name))) missing.push(name);
  const replaced: string[] = [];
  const replacements = new Replacements(docker, log);
  try {
    for (const name of missing) {
      try {
        await runDocker(docker, ['pull', '--quiet', name], PULL_WITHIN_MS);
      } catch (error) {
        if (!docker.isOwn || !(error instanceof CommandFailed) || !isReplaceable(name)) throw error;
        await replacements.make(name);
        replaced.push(name);
      }
    }
  } finally {
    replacements.dispose();
  }
  if (replaced.length > 0) log(`Made replacements for images that cannot be pulled here: ${replaced.join(', ')}`);
  return replaced;
}
