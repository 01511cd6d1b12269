import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { canInstall, installPackages } from '../../apt-get.ts';
import { cacheDirectory } from '../../cache-directory.ts';
import { ServiceUnavailable } from '../../errors.ts';
import { type LineLogger, seconds } from '../../line-logger.ts';
import { findBinary } from '../../process/find-binary.ts';
import { withProgress } from '../../with-progress.ts';
import { CommandFailed, hasImage, runDocker, runProgram } from '../docker-cli.ts';
import type { DockerDaemon } from '../start-docker.ts';

const BASE_IMAGE = 'pilotlight-base';
const RELEASE = 'bookworm';
const MIRROR = 'http://deb.debian.org/debian';
const PROGRAMS = [
  'ca-certificates',
  'curl',
  'haproxy',
  'libatomic1',
  'libstdc++6',
  'passwd',
  'postgresql-client',
  'redis-server',
  'wget',
] as const;
const OPTIONS = [
  '--mode=root',
  // Otherwise the ending of the file's name decides.
  '--format=tar',
  '--variant=essential',
  `--include=${PROGRAMS.join(',')}`,
  // Files that no container reads.
  ...['doc', 'locale', 'man'].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
  '--aptopt=Acquire::Retries "5"',
  '--aptopt=Acquire::http::Timeout "30"',
  '--aptopt=Acquire::Languages "none"',
] as const;
const MAKE_WITHIN_MS = 600_000;
const IMPORT_WITHIN_MS = 120_000;
const ATTEMPTS = 3;

/**
 * Gives a daemon the base image of the replacements: Debian's essential packages and the programs of the replaced images. The first
 * call on a machine downloads about 60 MB; later calls read an archive in the cache directory.
 */
export async function makeBaseImage(docker: DockerDaemon, log: LineLogger): Promise<void> {
  if (await hasImage(docker, BASE_IMAGE)) return;
  const archive = await baseArchive(log);
  await runDocker(docker, ['import', archive, BASE_IMAGE], IMPORT_WITHIN_MS);
}

async function baseArchive(log: LineLogger): Promise<string> {
  const content = createHash('sha256')
    .update([RELEASE, MIRROR, ...OPTIONS].join('\n'))
    .digest('hex');
  const cache = cacheDirectory(process.env);
  const archive = join(cache, `base-image-${content.slice(0, 12)}.tar`);
  if (existsSync(archive)) {
    log(`Using the base image of ${archive}`);
    return archive;
  }
  await installMmdebstrap(log);
  mkdirSync(cache, { recursive: true, mode: 0o755 });
  // Another process may do the same; each writes a file of its own.
  const work = `${archive}.${process.pid}`;
  const startedAt = performance.now();
  log(`Making a base image with mmdebstrap (${RELEASE}), because public images cannot be pulled`);
  try {
    await withProgress('making the base image', log, () => bootstrap(work, log));
    renameSync(work, archive);
  } finally {
    rmSync(work, { force: true });
  }
  log(`Made the base image in ${seconds(performance.now() - startedAt)}: ${archive}`);
  return archive;
}

/** Downloads and unpacks the packages. An attempt that fails, for example because the mirror is not reachable, is repeated. */
async function bootstrap(archive: string, log: LineLogger): Promise<void> {
  const giveUpAt = performance.now() + MAKE_WITHIN_MS;
  for (let attempt = 1; ; attempt++) {
    try {
      const args = [...OPTIONS, RELEASE, archive, MIRROR];
      const withinMs = Math.ceil(giveUpAt - performance.now());
      return void (await runProgram('mmdebstrap', args, { env: process.env, withinMs }));
    } catch (error) {
      const isLast = attempt === ATTEMPTS || performance.now() >= giveUpAt;
      if (isLast || !(error instanceof CommandFailed)) throw error;
      log(`mmdebstrap failed (attempt ${attempt} of ${ATTEMPTS}), trying again: ${error.message.split('\n').at(-1)}`);
    }
  }
}

async function installMmdebstrap(log: LineLogger): Promise<void> {
  if (findBinary(['mmdebstrap'], process.env['PATH']) !== null) return;
  const installable = canInstall(['mmdebstrap'], process.env);
  if (installable !== true) throw new ServiceUnavailable(installable);
  await installPackages(['mmdebstrap'], process.env, log);
}
