import type { LineLogger } from '../../line-logger.ts';
import { CommandFailed, runDocker } from '../docker-cli.ts';
import type { DockerDaemon } from '../start-docker.ts';
import { isReplaceable, StandIns } from './stand-ins.ts';

const PULL_WITHIN_MS = 300_000;
const INSPECT_WITHIN_MS = 20_000;

/**
 * Makes images available to a daemon: those that it has, else those that it can pull, else stand-ins under the same names. Stand-ins
 * are only made in a daemon of this package's own, because they would replace real images in another one. Resolves with the names of
 * the images that are stand-ins.
 */
export async function prepareImages(
  docker: DockerDaemon,
  names: readonly string[],
  log: LineLogger,
): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const name of names) if (!(await hasImage(docker, name))) missing.push(name);
  const replaced: string[] = [];
  const standIns = new StandIns(docker, log);
  try {
    for (const name of missing) {
      try {
        await runDocker(docker, ['pull', '--quiet', name], PULL_WITHIN_MS);
      } catch (error) {
        if (!docker.isOwn || !(error instanceof CommandFailed) || !isReplaceable(name)) throw error;
        await standIns.make(name);
        replaced.push(name);
      }
    }
  } finally {
    standIns.dispose();
  }
  if (replaced.length > 0) log(`Made stand-ins for images that cannot be pulled here: ${replaced.join(', ')}`);
  return replaced;
}

async function hasImage(docker: DockerDaemon, name: string): Promise<boolean> {
  const listed = await runDocker(docker, ['image', 'ls', '--quiet', name], INSPECT_WITHIN_MS);
  return listed.trim() !== '';
}
