import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from './root.ts';

/** `test`: what every change is held to, in minutes. `prove`: the long suites, whose files are named `*.prove.test.ts`. */
export type SuiteKind = 'test' | 'prove';

/** The vitest projects of each; vitest.config.ts says which files they have. */
export const PROJECTS = { test: ['pure', 'unit', 'system'], prove: ['prove', 'ioredis-5'] } as const satisfies Record<
  SuiteKind,
  string[]
>;

/** The project `ioredis-5` has these. */
const RUN_ON_IOREDIS_5_TOO = /^packages\/cache-core\/src\/redis\/[^/]+\.test\.ts$/;

/** Every suite of that kind, by its path in the repository. */
export function suitesOf(kind: SuiteKind): string[] {
  const files = globSync(['{packages,apps}/*/src/**/*.test.ts', 'scripts/**/*.test.ts', 'test/**/*.test.ts'], {
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

/** The suites of that kind that use real services: those that import the stack, by whatever way. */
export function suitesThatNeedServices(kind: SuiteKind): string[] {
  return suitesOf(kind).filter(
    (file) => file.startsWith('packages/stack/') || importsStack(join(ROOT, file), new Set()),
  );
}

const IMPORTS = /(?:from|import)\s*\(?\s*'([^']+)'/g;

function importsStack(file: string, seen: Set<string>): boolean {
  // A text that only looks like an import names a file that does not exist.
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
