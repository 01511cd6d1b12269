import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/**
 * The workspace packages that each package may import at run time, in addition to npm packages. Tests and files in
 * `testing/` may import more.
 */
const MAY_IMPORT: Record<string, readonly string[]> = {
  'packages/contracts': [],
  'packages/cache-core': [],
  'packages/client': [],
  'packages/simulation': ['@pilotlight/cache-core'],
  'packages/stack': [],
  'packages/origin': ['@pilotlight/contracts'],
  'packages/recipes': ['@pilotlight/cache-core', '@pilotlight/contracts', '@pilotlight/origin'],
  'packages/runtime': ['@pilotlight/cache-core', '@pilotlight/contracts', '@pilotlight/origin', '@pilotlight/recipes'],
  'apps/api': [
    '@pilotlight/cache-core',
    '@pilotlight/contracts',
    '@pilotlight/origin',
    '@pilotlight/recipes',
    '@pilotlight/runtime',
  ],
  'apps/worker': [
    '@pilotlight/cache-core',
    '@pilotlight/contracts',
    '@pilotlight/origin',
    '@pilotlight/recipes',
    '@pilotlight/runtime',
  ],
  'apps/console': ['@pilotlight/client'],
  'apps/cli': ['@pilotlight/client', '@pilotlight/origin', '@pilotlight/runtime'],
};
const TESTS_MAY_ALSO_IMPORT = ['@pilotlight/stack'];

/** Entry of the engine. This file and everything it imports must not do I/O. */
const ENGINE_ENTRY = 'packages/cache-core/src/index.ts';
const ENGINE_MUST_NOT_IMPORT =
  /^(ioredis|bullmq|pg|express|redlock|node:(net|http|https|fs|child_process|dgram|tls|dns)(\/.*)?)$/;

const CORE = 'packages/cache-core/src/';
/**
 * The layers of cache-core, lowest first. A file imports from its own folder and from lower layers; folders on one line do not
 * import each other. Types count as well. `manager` and `entry` are the files that lie flat in `src/`.
 */
const LAYERS: readonly (readonly string[])[] = [
  ['model'],
  ['ports'],
  ['envelope', 'memory', 'log'],
  ['demand'],
  ['stats'],
  ['learning'],
  ['engine'],
  ['manager'],
  ['redis', 'express', 'keyv', 'opentelemetry', 'postgres', 'single-process'],
  ['entry'],
];
const MANAGER = ['cache-manager.ts', 'cache-internals.ts', 'cache-options.ts'];
const MAX_FLAT_FILES = 5;

const isTestSupport = (file: string): boolean => /\.test\.ts$|\/testing\//.test(file);

/** Returns one line per violation: the file, the import and the rule. Returns an empty list if every rule holds. */
export function dependencyComplaints(root: string): string[] {
  const files = globSync('{packages,apps}/*/src/**/*.{ts,tsx}', { cwd: root }).sort();
  return [
    ...files.flatMap((file) => directionComplaints(root, file)),
    ...files.flatMap((file) => testSupportComplaints(root, file)),
    ...layerComplaints(root, files),
    ...engineComplaints(root),
  ];
}

/** Production code must not import test support, not even its types. */
function testSupportComplaints(root: string, file: string): string[] {
  // The simulation is a test of the engine.
  if (isTestSupport(file) || file.startsWith('packages/simulation/')) return [];
  return everyImportOf(join(root, file))
    .filter((specifier) => /\/testing(\/|$)/.test(specifier))
    .map((specifier) => `${file}: imports ${specifier}; production code may not import test support`);
}

function layerComplaints(root: string, files: readonly string[]): string[] {
  const own = files.filter((file) => file.startsWith(CORE) && !isTestSupport(file));
  const flat = own.map((file) => file.slice(CORE.length)).filter((file) => !file.includes('/'));
  const crowded =
    flat.length > MAX_FLAT_FILES
      ? [`${CORE}: ${flat.length} files lie flat (${flat.join(', ')}); at most ${MAX_FLAT_FILES} may`]
      : [];
  return [...crowded, ...own.flatMap((file) => upwardImports(root, file))];
}

function upwardImports(root: string, file: string): string[] {
  const from = layerOf(file);
  if (from.level === -1)
    return [`${file}: the folder ${from.name} has no layer; add it to LAYERS in scripts/dependency-rules.ts`];
  return everyImportOf(join(root, file)).flatMap((specifier) => {
    if (!specifier.startsWith('.')) return [];
    const to = layerOf(join(dirname(file), specifier));
    if (to.name === from.name || to.level < from.level) return [];
    return [`${file}: imports ${specifier}; ${from.name} may import only layers below it, and ${to.name} is not one`];
  });
}

function layerOf(file: string): { name: string; level: number } {
  const [folder = '', ...rest] = file.slice(CORE.length).split('/');
  const name = rest.length > 0 ? folder : MANAGER.includes(folder) ? 'manager' : 'entry';
  return { name, level: LAYERS.findIndex((layer) => layer.includes(name)) };
}

function directionComplaints(root: string, file: string): string[] {
  const home = file.split('/').slice(0, 2).join('/');
  const own = `@pilotlight/${home.split('/')[1]}`;
  const allowed = MAY_IMPORT[home];
  if (allowed === undefined) return [`${file}: ${home} has no dependency rule; add it to scripts/dependency-rules.ts`];
  const mayAlso = isTestSupport(file) ? [...TESTS_MAY_ALSO_IMPORT, own] : [];
  return importsOf(join(root, file)).flatMap((specifier) => {
    if (specifier.startsWith('.')) {
      const target = relative(root, join(root, dirname(file), specifier));
      return target.startsWith(`${home}/`) ? [] : [`${file}: imports ${specifier}, which is outside its package`];
    }
    if (!specifier.startsWith('@pilotlight/')) return [];
    const name = specifier.split('/').slice(0, 2).join('/');
    if (allowed.includes(name) || mayAlso.includes(name)) return [];
    return [`${file}: imports ${specifier}; ${home} may import ${allowed.join(', ') || 'no workspace package'}`];
  });
}

function engineComplaints(root: string): string[] {
  const complaints: string[] = [];
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    const text = readFileSync(file, 'utf8');
    if (/\bprocess\s*\.\s*env\b/.test(text))
      complaints.push(`${relative(root, file)}: reads process.env; the engine must take options instead`);
    for (const specifier of importsOf(file)) {
      if (specifier.startsWith('.')) visit(join(dirname(file), specifier));
      else if (ENGINE_MUST_NOT_IMPORT.test(specifier)) {
        complaints.push(
          `${relative(root, file)}: imports ${specifier}; files that cache-core "." imports must not do I/O`,
        );
      }
    }
  };
  const entry = join(root, ENGINE_ENTRY);
  if (globSync(ENGINE_ENTRY, { cwd: root }).length > 0) visit(entry);
  return complaints;
}

/** Returns the modules that a file imports or re-exports, including type-only imports. */
function everyImportOf(file: string): string[] {
  const statements = readFileSync(file, 'utf8').matchAll(
    /^\s*(?:import|export)\s+(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]/gm,
  );
  return [...importsOf(file), ...[...statements].flatMap((match) => match[1] ?? [])].filter(
    (specifier, i, all) => all.indexOf(specifier) === i,
  );
}

/** Returns the modules that a file imports or re-exports at run time; type-only imports do not count. */
function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const statements = text.matchAll(/^\s*(?:import|export)\s+(?!type\b)(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]/gm);
  const calls = text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)/g);
  return [...statements, ...calls].flatMap((match) => match[1] ?? []);
}
