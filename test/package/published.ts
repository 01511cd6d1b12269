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
/** What users of the subpaths install themselves. */
const BROUGHT = [
  '@opentelemetry/api',
  '@types/express',
  '@types/node',
  '@types/pg',
  'expect-type',
  'express',
  'ioredis',
  'pg',
  'redlock',
];

export interface PublishedManifest {
  readonly private?: boolean;
  readonly exports: Readonly<Record<string, string | { types: string; default: string }>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies?: unknown;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { optional?: boolean }>>;
}

/** The package as users get it, and a project of theirs with it installed. */
export interface Published {
  readonly tarball: Buffer;
  readonly tarballPath: string;
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
  const project = join(home, 'project');
  // The script behind `npm run package`.
  const { stdout } = await runWell(process.execPath, ['scripts/package.ts', '--out', home], { cwd: ROOT });
  const tarball = stdout.trim().split('\n').at(-1) ?? '';
  const listed = await runWell('tar', ['-tzf', tarball], { cwd: home });
  await install(project, tarball);
  const manifest: PublishedManifest = JSON.parse(
    readFileSync(join(project, 'node_modules', NAME, 'package.json'), 'utf8'),
  );
  const entries = Object.keys(manifest.exports).filter((entry) => entry !== './package.json');
  return {
    tarball: readFileSync(tarball),
    tarballPath: tarball,
    manifest,
    files: listed.stdout
      .trim()
      .split('\n')
      .map((path) => path.replace(/^package\//, '')),
    entries: entries.map((entry) => join(NAME, entry)),
    project,
  };
}

/** Creates a project with its files, the tarball and what it installs itself. */
async function install(project: string, tarball: string): Promise<void> {
  cpSync(join(import.meta.dirname, 'project'), project, { recursive: true });
  const dependencies = Object.fromEntries(BROUGHT.map((name) => [name, installedVersion(name)]));
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ type: 'module', private: true, dependencies: { ...dependencies, [NAME]: `file:${tarball}` } }),
  );
  // Repeated tries to reach an unavailable registry would take most of the test's time.
  const npm = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--fetch-retries=0'];
  const { code, stderr } = await run('npm', npm, { cwd: project });
  if (code === 0) return;
  console.log(
    `  npm could not install; using the libraries of this repository instead: ${/npm error .*/.exec(stderr)?.[0]}`,
  );
  await installByHand(project, tarball);
}

/**
 * Creates a project that has bentocache, and thereby ioredis 5. Rejects with npm's output if npm does not accept both
 * side by side.
 *
 * @param libraries versions by name, in addition to the tarball's path
 */
export async function installBeside(libraries: Readonly<Record<string, string>>, tarball: string): Promise<string> {
  const project = mkdtempSync(join(tmpdir(), 'pilotlight-beside-'));
  cpSync(join(import.meta.dirname, 'project'), project, { recursive: true });
  const brought = Object.fromEntries(BROUGHT.map((name) => [name, installedVersion(name)]));
  const dependencies = { ...brought, ...libraries, [NAME]: `file:${tarball}` };
  writeFileSync(join(project, 'package.json'), JSON.stringify({ type: 'module', private: true, dependencies }));
  await runWell('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'], {
    cwd: project,
  });
  return project;
}

/** Unpacks the tarball beside exactly the dependencies that it and the project declare. */
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
