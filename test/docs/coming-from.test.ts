import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(ROOT, 'docs', 'coming-from.md'), 'utf8');
/** Sections about one library, and rows of the table of the others. */
const named = [...page.matchAll(/^(?:## From|\|) ([a-z-]+) (\d+\.\d+\.\d+)/gm)].map(
  ([, library = '', version = '']) => ({ library, version }),
);

/** Returns all published text of a library: code, declarations, README. */
function textOf(library: string): string {
  const home = join(ROOT, 'bench', 'node_modules', library);
  const files = globSync('**/*.{md,js,mjs,cjs,ts,mts,cts}', { cwd: home, exclude: ['node_modules/**'] });
  return files.map((file) => readFileSync(join(home, file), 'utf8')).join('\n');
}

/**
 * Returns what the page says a library has: names in backticks in the first column of its table, or before the arrows.
 */
function namesOf(library: string): string[] {
  const section = page.split(/^## /m).find((text) => text.startsWith(`From ${library} `));
  const rows = (section ?? '').split('\n').filter((line) => line.startsWith('| '));
  const cells = rows.map((row) => row.split(' | ')[0] ?? '');
  const line = page.split('\n').find((text) => text.startsWith(`| ${library} `)) ?? '';
  const lefts = line.split(';').map((part) => part.split(' → ')[0] ?? '');
  const code = [...cells, ...lefts].join('\n').match(/`[^`]+`/g) ?? [];
  return [
    ...new Set(
      code
        .join(' ')
        .replace(/'[^']*'/g, '')
        .match(/[A-Za-z_][A-Za-z_0-9]{2,}/g),
    ),
  ];
}

test('the page names each library with its version', () => {
  expect(named.map(({ library }) => library)).toEqual([
    'cache-manager',
    'bentocache',
    'async-cache-dedupe',
    'cacheable',
    'layered-loader',
    'ocache',
  ]);
});

test.for(named)('$library has the version that the page names', ({ library, version }) => {
  const manifest = readFileSync(join(ROOT, 'bench', 'node_modules', library, 'package.json'), 'utf8');
  expect(JSON.parse(manifest)).toMatchObject({ version });
});

test.for(named)('$library has what the page says it has', ({ library }) => {
  const text = textOf(library);
  const names = namesOf(library);
  expect(names.length).toBeGreaterThan(4);
  expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(text))).toEqual([]);
});
