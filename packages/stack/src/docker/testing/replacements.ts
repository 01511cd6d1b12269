import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { canInstall, installPackages } from '../../apt-get.ts';
import { ServiceUnavailable } from '../../errors.ts';
import { type LineLogger, seconds } from '../../line-logger.ts';
import { embeddedPostgres } from '../../postgres/postgres-binaries.ts';
import { findBinary } from '../../process/find-binary.ts';
import { hasImage, runDocker, runProgram } from '../docker-cli.ts';
import type { DockerDaemon } from '../start-docker.ts';

const BASE = 'pilotlight-base';
const RELEASE = 'bookworm';
const MIRROR = 'http://deb.debian.org/debian';
const PROGRAMS = [
  'ca-certificates',
  'haproxy',
  'libatomic1',
  'libstdc++6',
  'postgresql-client',
  'redis-server',
  'wget',
] as const;
/** Parts of the base that no container reads. */
const UNUSED = ['usr/share/doc', 'usr/share/locale', 'usr/share/man', 'var/cache/apt', 'var/lib/apt'];
const FILES = new URL('./replacements/', import.meta.url);
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';
const BUILD_WITHIN_MS = 300_000;

/** What each repository's replacement copies from this machine into the directory that the image is built from. */
const CONTENTS: Record<string, (context: string) => void> = {
  haproxy: () => undefined,
  node: copyNode,
  postgres: copyPostgres,
  redis: () => undefined,
};

/** Returns whether there is a replacement for an image. */
export function isReplaceable(name: string): boolean {
  return Object.hasOwn(CONTENTS, repositoryOf(name));
}

/**
 * Images under the names of public ones, for machines that cannot pull those. They share a base of Debian packages. Node and Postgres
 * have the versions that the names promise, because they are copied from this project; Redis and HAProxy have Debian's versions.
 */
export class Replacements {
  readonly #docker: DockerDaemon;
  readonly #log: LineLogger;
  readonly #directory = mkdtempSync(join(tmpdir(), 'pilotlight-images-'));
  #base: Promise<void> | null = null;

  constructor(docker: DockerDaemon, log: LineLogger) {
    this.#docker = docker;
    this.#log = log;
  }

  /** Builds the replacement of one image. */
  async make(name: string): Promise<void> {
    this.#base ??= this.#makeBase();
    await this.#base;
    const repository = repositoryOf(name);
    const context = join(this.#directory, repository);
    mkdirSync(context);
    CONTENTS[repository]?.(context);
    cpSync(new URL(`${repository}.Dockerfile`, FILES), join(context, 'Dockerfile'));
    await runDocker(this.#docker, ['build', '--quiet', '--tag', name, context], BUILD_WITHIN_MS);
  }

  /** Removes the files that the images were made from. */
  dispose(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #makeBase(): Promise<void> {
    if (await hasImage(this.#docker, BASE)) return;
    const startedAt = performance.now();
    await this.#installDebootstrap();
    this.#log(`Making a base image with debootstrap (${RELEASE}), because public images cannot be pulled`);
    const root = join(this.#directory, 'base');
    const args = ['--variant=minbase', `--include=${PROGRAMS.join(',')}`, RELEASE, root, MIRROR];
    await runProgram('debootstrap', args, { env: process.env, withinMs: BUILD_WITHIN_MS });
    for (const unused of UNUSED) rmSync(join(root, unused), { recursive: true });
    const archive = join(this.#directory, 'base.tar');
    await runProgram('tar', ['-C', root, '-cf', archive, '.'], { env: process.env, withinMs: BUILD_WITHIN_MS });
    await runDocker(this.#docker, ['import', archive, BASE], BUILD_WITHIN_MS);
    rmSync(root, { recursive: true });
    rmSync(archive);
    this.#log(`Made the base image in ${seconds(performance.now() - startedAt)}`);
  }

  async #installDebootstrap(): Promise<void> {
    if (findBinary(['debootstrap'], process.env['PATH']) !== null) return;
    const installable = canInstall(['debootstrap'], process.env);
    if (installable !== true) throw new ServiceUnavailable(installable);
    await installPackages(['debootstrap'], process.env, this.#log);
  }
}

function repositoryOf(name: string): string {
  return name.split(':')[0] ?? name;
}

function copyNode(context: string): void {
  cpSync(process.execPath, join(context, 'node'), { dereference: true });
  // npm sets the path of its program, <npm>/bin/npm-cli.js, for the scripts that it runs.
  const program = process.env['npm_execpath'];
  if (program === undefined) throw new ServiceUnavailable('run this by npm, whose copy goes into an image');
  cpSync(dirname(dirname(program)), join(context, 'npm'), { recursive: true, dereference: true });
  cpSync(CERTIFICATES, join(context, 'ca-certificates.crt'), { dereference: true });
}

function copyPostgres(context: string): void {
  cpSync(embeddedPostgres().root, join(context, 'native'), { recursive: true, verbatimSymlinks: true });
  cpSync(new URL('postgres-entrypoint.sh', FILES), join(context, 'postgres-entrypoint.sh'));
}
