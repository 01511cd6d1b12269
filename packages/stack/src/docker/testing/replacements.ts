import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fetchDistribution } from '../../elasticsearch/distribution.ts';
import { findJava, MIN_JAVA_MAJOR } from '../../elasticsearch/find-java.ts';
import { ServiceUnavailable } from '../../errors.ts';
import { type LineLogger, seconds } from '../../line-logger.ts';
import { embeddedPostgres } from '../../postgres/postgres-binaries.ts';
import { runDocker } from '../docker-cli.ts';
import type { DockerDaemon } from '../start-docker.ts';
import { makeBaseImage } from './base-image.ts';

const FILES = new URL('./replacements/', import.meta.url);
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';
const BUILD_WITHIN_MS = 300_000;
/** Parts of a JDK that no server reads, and of a distribution that belong to the process that ran it here. */
const UNUSED = /\/(lib\/src\.zip|lib\/ct\.sym|jmods|man|legal|include|demo|logs|data)$/;

type Copy = (context: string, log: LineLogger) => void | Promise<void>;

/** What each repository's replacement copies from this machine into the directory that the image is built from. */
const CONTENTS: Record<string, Copy> = {
  elasticsearch: copyElasticsearch,
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
 * Images under the names of public ones, for machines that cannot pull those. They share a base of Debian packages. Node, Postgres and
 * Elasticsearch have the versions that the names promise, because they are copied from this project; Redis and HAProxy have Debian's
 * versions. Elasticsearch is the test distribution, which has only four of its modules, on the Java of this machine.
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
    this.#base ??= makeBaseImage(this.#docker, this.#log);
    await this.#base;
    const startedAt = performance.now();
    const repository = repositoryOf(name);
    const context = join(this.#directory, repository);
    mkdirSync(context);
    await CONTENTS[repository]?.(context, this.#log);
    cpSync(new URL(`${repository}.Dockerfile`, FILES), join(context, 'Dockerfile'));
    await runDocker(this.#docker, ['build', '--quiet', '--tag', name, context], BUILD_WITHIN_MS);
    rmSync(context, { recursive: true });
    this.#log(`Made a replacement of ${name} in ${seconds(performance.now() - startedAt)}`);
  }

  /** Removes the files that the images were made from. */
  dispose(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

/** Returns the last part of a name, without host, folders and tag. */
function repositoryOf(name: string): string {
  return name.split('/').at(-1)?.split(':')[0] ?? name;
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

async function copyElasticsearch(context: string, log: LineLogger): Promise<void> {
  const java = findJava(process.env);
  if (java === null) {
    throw new ServiceUnavailable(
      `a replacement of the image of Elasticsearch needs Java ${MIN_JAVA_MAJOR} or newer, in JAVA_HOME or installed`,
    );
  }
  const home = await fetchDistribution(process.env, java, log);
  const filter = (source: string) => !UNUSED.test(source);
  cpSync(home, join(context, 'elasticsearch'), { recursive: true, filter });
  cpSync(java.path, join(context, 'jdk'), { recursive: true, dereference: true, filter });
  cpSync(new URL('elasticsearch-entrypoint.sh', FILES), join(context, 'elasticsearch-entrypoint.sh'));
}
