import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from './root.ts';

/**
 * `test`: suites that every change must pass, in minutes. `prove`: the long suites, in files named `*.prove.test.ts`.
 */
export type SuiteKind = 'test' | 'prove';

/** The vitest projects of each kind; vitest.config.ts defines their files. */
export const PROJECTS = {
  test: ['unit', 'isolated', 'system'],
  prove: ['image', 'ioredis-5', 'prove-beside', 'prove'],
} as const satisfies Record<SuiteKind, string[]>;

/** The files that the project `ioredis-5` runs. */
const RUN_ON_IOREDIS_5_TOO = /^packages\/cache-core\/src\/redis\/[^/]+\.test\.ts$/;

/** Returns every suite of a kind, as paths in the repository. */
export function suitesOf(kind: SuiteKind): string[] {
  const files = globSync(['{packages,apps}/*/src/**/*.test.ts', '{bench/src,scripts,test}/**/*.test.ts'], {
    cwd: ROOT,
    exclude: ['**/node_modules/**'],
  });
  return files
    .filter((file) => {
      const isProof = file.endsWith('.prove.test.ts');
      return kind === 'prove' ? isProof || RUN_ON_IOREDIS_5_TOO.test(file) : !isProof;
    })
    .sort();
}

/** Returns the suites of a kind that use real services, that is, import the stack directly or indirectly. */
export function suitesThatNeedServices(kind: SuiteKind): string[] {
  return suitesOf(kind).filter(
    (file) => file.startsWith('packages/stack/') || importsStack(join(ROOT, file), new Set()),
  );
}

/** Returns the suites of a kind that use a Docker daemon. */
export function suitesThatNeedDocker(kind: SuiteKind): string[] {
  return suitesOf(kind).filter((file) => file.endsWith('.docker.prove.test.ts'));
}

/** Returns the suites of a kind that use a Chromium. */
export function suitesThatNeedChromium(kind: SuiteKind): string[] {
  return suitesOf(kind).filter((file) => readFileSync(join(ROOT, file), 'utf8').includes('launchChromium('));
}

const IMPORTS = /(?:from|import)\s*\(?\s*'([^']+)'/g;

function importsStack(file: string, seen: Set<string>): boolean {
  // Text that only looks like an import names a file that does not exist.
  if (seen.has(file) || !existsSync(file)) return false;
  seen.add(file);
  return specifiersIn(file).some((specifier) => {
    if (/^@pilotlight\/stack(\/|$)/.test(specifier)) return true;
    return /^\.{1,2}\/.*\.ts$/.test(specifier) && importsStack(join(dirname(file), specifier), seen);
  });
}

const known = new Map<string, readonly string[]>();

function specifiersIn(file: string): readonly string[] {
  const specifiers =
    known.get(file) ?? [...readFileSync(file, 'utf8').matchAll(IMPORTS)].map(([, specifier = '']) => specifier);
  known.set(file, specifiers);
  return specifiers;
}
