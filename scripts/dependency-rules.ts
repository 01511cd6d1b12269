import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/**
 * The workspace packages that each package may import at run time, in addition to npm packages. Tests and files in
 * `testing/` may import more.
 */
const MAY_IMPORT: Record<string, readonly string[]> = {
  'packages/contracts': [],
  'packages/cache-core': [],
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
};
const TESTS_MAY_ALSO_IMPORT = ['@pilotlight/stack'];

/** Entry of the engine. This file and everything it imports must not do I/O. */
const ENGINE_ENTRY = 'packages/cache-core/src/index.ts';
const ENGINE_MUST_NOT_IMPORT =
  /^(ioredis|bullmq|pg|express|redlock|node:(net|http|https|fs|child_process|dgram|tls|dns)(\/.*)?)$/;

/** Returns one line per violation: the file, the import and the rule. Returns an empty list if every rule holds. */
export function dependencyComplaints(root: string): string[] {
  const files = globSync('{packages,apps}/*/src/**/*.ts', { cwd: root });
  return [...files.flatMap((file) => directionComplaints(root, file)), ...engineComplaints(root)];
}

function directionComplaints(root: string, file: string): string[] {
  const home = file.split('/').slice(0, 2).join('/');
  const own = `@pilotlight/${home.split('/')[1]}`;
  const allowed = MAY_IMPORT[home];
  if (allowed === undefined) return [`${file}: ${home} has no dependency rule; add it to scripts/dependency-rules.ts`];
  const mayAlso = /\.test\.ts$|\/testing\//.test(file) ? [...TESTS_MAY_ALSO_IMPORT, own] : [];
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

/** Returns the modules that a file imports or re-exports at run time; type-only imports do not count. */
function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const statements = text.matchAll(/^\s*(?:import|export)\s+(?!type\b)(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]/gm);
  const calls = text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)/g);
  return [...statements, ...calls].flatMap((match) => match[1] ?? []);
}
