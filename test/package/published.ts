import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run, runWell } from './run.ts';

const ROOT = join(import.meta.dirname, '..', '..');
export const PACKAGE = join(ROOT, 'packages', 'cache-core');
const TESTS = join(ROOT, 'test');
export const NAME = '@pilotlight/cache-core';
/** What the users of the subpaths bring along. */
const BROUGHT = ['@opentelemetry/api', '@types/express', '@types/node', 'expect-type', 'express', 'ioredis', 'redlock'];

export interface PublishedManifest {
  readonly private?: boolean;
  readonly exports: Readonly<Record<string, string | { types: string; default: string }>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies?: unknown;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { optional?: boolean }>>;
}

/** The package as others get it, and a project of theirs that has it installed. */
export interface Published {
  readonly tarball: Buffer;
  readonly manifest: PublishedManifest;
  /** Paths in the tarball. */
  readonly files: readonly string[];
  /** The specifiers of its entry points. */
  readonly entries: readonly string[];
  readonly project: string;
  remove(): void;
}

export async function publish(): Promise<Published> {
  const home = mkdtempSync(join(tmpdir(), 'pilotlight-package-'));
  const remove = () => rmSync(home, { recursive: true, force: true });
  try {
    return { ...(await publishInto(home)), remove };
  } catch (error) {
    remove();
    throw error;
  }
}

async function publishInto(home: string): Promise<Omit<Published, 'remove'>> {
  const [dist, project] = [join(home, 'dist'), join(home, 'project')];
  await runWell(process.execPath, ['build.ts', dist], { cwd: PACKAGE });
  const { stdout } = await runWell('npm', ['pack', '--json', '--silent', '--pack-destination', home, dist], {
    cwd: home,
  });
  const [packed]: [{ filename: string; files: { path: string }[] }] = JSON.parse(stdout);
  const tarball = join(home, packed.filename);
  await install(project, tarball);
  const manifest: PublishedManifest = JSON.parse(readFileSync(join(dist, 'package.json'), 'utf8'));
  const entries = Object.keys(manifest.exports).filter((entry) => entry !== './package.json');
  return {
    tarball: readFileSync(tarball),
    manifest,
    files: packed.files.map(({ path }) => path),
    entries: entries.map((entry) => join(NAME, entry)),
    project,
  };
}

/** Fills an empty project: its files, the tarball, what it brings along. */
async function install(project: string, tarball: string): Promise<void> {
  cpSync(join(import.meta.dirname, 'project'), project, { recursive: true });
  const dependencies = Object.fromEntries(BROUGHT.map((name) => [name, installedVersion(name)]));
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ type: 'module', private: true, dependencies: { ...dependencies, [NAME]: `file:${tarball}` } }),
  );
  // Long tries to reach a registry that is not there would be most of the test's time.
  const npm = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--fetch-retries=0'];
  const { code, stderr } = await run('npm', npm, { cwd: project });
  if (code === 0) return;
  console.log(
    `  npm could not install, so the libraries are this repository's own: ${/npm error .*/.exec(stderr)?.[0]}`,
  );
  await installByHand(project, tarball);
}

/** The tarball unpacked, and beside it what it and the project declare, nothing else. */
async function installByHand(project: string, tarball: string): Promise<void> {
  const modules = join(project, 'node_modules');
  const own = join(modules, NAME);
  rmSync(modules, { recursive: true, force: true });
  mkdirSync(own, { recursive: true });
  await runWell('tar', ['-xzf', tarball, '--strip-components=1', '-C', own], { cwd: project });
  const { dependencies }: PublishedManifest = JSON.parse(readFileSync(join(own, 'package.json'), 'utf8'));
  for (const name of new Set([...BROUGHT, ...Object.keys(dependencies)])) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(realpathSync(installedIn(name)), join(modules, name));
  }
}

function installedVersion(name: string): string {
  const { version }: { version: string } = JSON.parse(readFileSync(join(installedIn(name), 'package.json'), 'utf8'));
  return version;
}

function installedIn(name: string): string {
  const found = [PACKAGE, TESTS].map((home) => join(home, 'node_modules', name)).find((path) => existsSync(path));
  if (found === undefined) throw new Error(`expected ${name} among the dependencies of cache-core or of the tests`);
  return found;
}
