import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** What each workspace package may import at run time, beside npm packages; tests, and what is in `testing/`, may use more. */
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

/** The engine's entry: these, and what they import, do no I/O. */
const ENGINE_ENTRY = 'packages/cache-core/src/index.ts';
const ENGINE_MUST_NOT_IMPORT =
  /^(ioredis|bullmq|pg|express|redlock|node:(net|http|https|fs|child_process|dgram|tls|dns)(\/.*)?)$/;

/** Each complaint is one line: the file, what it does, what the rule is. Empty when every rule holds. */
export function dependencyComplaints(root: string): string[] {
  const files = globSync('{packages,apps}/*/src/**/*.ts', { cwd: root });
  return [...files.flatMap((file) => directionComplaints(root, file)), ...engineComplaints(root)];
}

function directionComplaints(root: string, file: string): string[] {
  const home = file.split('/').slice(0, 2).join('/');
  const own = `@pilotlight/${home.split('/')[1]}`;
  const allowed = MAY_IMPORT[home];
  if (allowed === undefined)
    return [`${file}: ${home} is in no dependency rule; add it to scripts/dependency-rules.ts`];
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
      complaints.push(`${relative(root, file)}: reads process.env; the engine takes options`);
    for (const specifier of importsOf(file)) {
      if (specifier.startsWith('.')) visit(join(dirname(file), specifier));
      else if (ENGINE_MUST_NOT_IMPORT.test(specifier)) {
        complaints.push(`${relative(root, file)}: imports ${specifier}; what cache-core "." reaches has no I/O`);
      }
    }
  };
  const entry = join(root, ENGINE_ENTRY);
  if (globSync(ENGINE_ENTRY, { cwd: root }).length > 0) visit(entry);
  return complaints;
}

/** What a file imports or re-exports when it runs; types alone do not count. */
function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const statements = text.matchAll(/^\s*(?:import|export)\s+(?!type\b)(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]/gm);
  const calls = text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)/g);
  return [...statements, ...calls].flatMap((match) => match[1] ?? []);
}
