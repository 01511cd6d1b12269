import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDirectory } from '../cache-directory.ts';
import { ServiceUnavailable } from '../errors.ts';
import type { LineLogger } from '../line-logger.ts';
import { findBinary } from '../process/find-binary.ts';
import { withProgress } from '../with-progress.ts';
import type { JavaHome } from './find-java.ts';

export const ELASTICSEARCH_VERSION = '9.2.8';

/** The distribution that Elasticsearch's own tests use: the server without most of its plugins. */
const ARTIFACT = `org.elasticsearch.distribution.integ-test-zip:elasticsearch:${ELASTICSEARCH_VERSION}:zip`;
const FOLDER = `elasticsearch-${ELASTICSEARCH_VERSION}`;

/** Returns true if the distribution is cached or Maven can fetch it, otherwise the reason why not. */
export function canFetchDistribution(env: NodeJS.ProcessEnv): true | string {
  if (existsSync(join(cacheDirectory(env), FOLDER))) return true;
  if (findBinary(['mvn'], env['PATH']) === null) return 'no mvn (Maven) on PATH, which downloads the server';
  return true;
}

/**
 * Returns the directory of the unpacked distribution. The first call on a machine downloads about 100 MB with
 * `mvn dependency:copy`; later calls find it in the cache directory.
 */
export async function fetchDistribution(env: NodeJS.ProcessEnv, java: JavaHome, log: LineLogger): Promise<string> {
  const cache = cacheDirectory(env);
  const home = join(cache, FOLDER);
  if (existsSync(home)) return home;
  // Another process may do the same; each works in a directory of its own and the first rename wins.
  const work = join(cache, `${FOLDER}.${process.pid}`);
  mkdirSync(work, { recursive: true, mode: 0o755 });
  try {
    const downloading = `downloading Elasticsearch ${ELASTICSEARCH_VERSION} (about 100 MB) from Maven Central`;
    log(`Elasticsearch: ${downloading}`);
    await withProgress(downloading, log, () => download(env, java, work));
    await withProgress(`unpacking Elasticsearch ${ELASTICSEARCH_VERSION}`, log, () => unpack(env, java, work));
    renameUnlessThere(join(work, FOLDER), home);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return home;
}

async function download(env: NodeJS.ProcessEnv, java: JavaHome, work: string): Promise<void> {
  const args = [
    '--batch-mode',
    '--no-transfer-progress',
    'dependency:copy',
    `-Dartifact=${ARTIFACT}`,
    `-DoutputDirectory=${work}`,
  ];
  await run('mvn', args, { cwd: work, env: { ...env, JAVA_HOME: java.path } });
}

async function unpack(env: NodeJS.ProcessEnv, java: JavaHome, work: string): Promise<void> {
  const zip = readdirSync(work).find((name) => name.endsWith('.zip'));
  if (zip === undefined) throw new ServiceUnavailable(`Elasticsearch: mvn ended, but ${work} has no zip file`);
  const [program, ...options] = unpackerOf(env, java);
  await run(program, [...options, zip], { cwd: work, env });
  const binaries = join(work, FOLDER, 'bin');
  // Not every unpacker keeps modes.
  for (const name of readdirSync(binaries)) chmodSync(join(binaries, name), 0o755);
  chmodSync(join(work, FOLDER), 0o755);
}

/** A JDK can unpack zip files; a JRE cannot. */
function unpackerOf(env: NodeJS.ProcessEnv, java: JavaHome): [string, ...string[]] {
  const jar = join(java.path, 'bin', 'jar');
  if (existsSync(jar)) return [jar, '--extract', '--file'];
  const unzip = findBinary(['unzip'], env['PATH']);
  if (unzip !== null) return [unzip, '-q'];
  throw new ServiceUnavailable(
    `Elasticsearch: expected unzip on PATH or a JDK, got neither: ${java.path} is a JRE; install unzip`,
  );
}

function renameUnlessThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error;
  }
}

function run(program: string, args: string[], options: { cwd: string; env: NodeJS.ProcessEnv }): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output = (output + text).slice(-2_000);
      });
    }
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else {
        const message = `Elasticsearch: "${[program, ...args].join(' ')}" exited with ${code}:\n${output.trim()}`;
        reject(new ServiceUnavailable(message));
      }
    });
  });
}
