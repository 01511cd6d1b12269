import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import { Imports } from './imports.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const PATHS = ['A hit', 'A miss', 'A write', 'An event', 'A warm job'];

/** One link of a table: the file that it names, or the files of the folder. */
type Step = readonly string[];
/** A row without a link represents a server between two processes, or a callback. */
type Row = readonly Step[];

const imports = new Imports(ROOT);

/** The rows of the first table of each section, by its heading. */
function pathsOf(page: string): Map<string, Row[]> {
  const sections = page.split(/^## /m).slice(1);
  return new Map(
    sections.map((section) => {
      const [title = ''] = section.split('\n');
      const [table = ''] = /^\|.*(?:\n\|.*)*/m.exec(section) ?? [];
      const rows = table.split('\n').slice(2);
      return [title.trim(), rows.map((row) => stepsOf(row.split('|')[2] ?? ''))];
    }),
  );
}

function stepsOf(cell: string): Row {
  return [...cell.matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => {
    const file = normalize(join('docs', link));
    if (!existsSync(join(ROOT, file)) || !statSync(join(ROOT, file)).isDirectory()) return [file];
    return globSync('**/*.ts', { cwd: join(ROOT, file) }).map((inside) => join(file, inside));
  });
}

/** The steps that no earlier step leads to, with the files on the shortest way that the page leaves out. */
function leftOut(rows: readonly Row[]): string[] {
  const complaints: string[] = [];
  let before: string[] = [];
  for (const row of rows) {
    if (row.length === 0) before = [];
    for (const step of row) {
      const isReached = before.length === 0 || step.some((file) => before.some((from) => leadsTo(from, file)));
      if (!isReached) complaints.push(`${step[0]}: ${missing(before, step[0] ?? '')}`);
      before = [...before, ...step];
    }
  }
  return complaints;
}

/** A file leads to those that it uses. A file that declares a port leads to those that implement it. */
function leadsTo(from: string, to: string): boolean {
  return imports.uses(from).has(to) || imports.implementsPortOf(to, from);
}

function missing(before: readonly string[], file: string): string {
  const ways = before.map((from) => [from]);
  const seen = new Set(before);
  for (let way = ways.shift(); way; way = ways.shift()) {
    for (const next of imports.uses(way.at(-1) ?? '')) {
      if (next === file) return `name ${way.slice(1).join(', ')} before it`;
      if (!seen.has(next)) ways.push([...way, next]);
      seen.add(next);
    }
  }
  return 'no file before it leads to it by imports';
}

const flow = pathsOf(readFileSync(join(ROOT, 'docs/flow.md'), 'utf8'));

test.each(PATHS)('flow.md names files that exist: %s', (title) => {
  const files = flow.get(title)?.flat(2) ?? [];
  expect(files.length).toBeGreaterThan(0);
  expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
});

test.each(PATHS)('flow.md names each file between two steps: %s', (title) => {
  expect(leftOut(flow.get(title) ?? [])).toEqual([]);
});

test('flow.md names at most three places that exist for each change', () => {
  const rows = flow.get('To change') ?? [];
  expect(rows.length).toBeGreaterThan(0);
  for (const row of rows) expect([1, 2, 3]).toContain(row.length);
  expect(rows.flat(2).filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
});

test.each([
  ['A hit', '/cache-result.ts'],
  ['A hit', '/cache-manager.ts'],
  ['A hit', '/cache-internals.ts'],
  ['A hit', '/reporter.ts'],
  ['A hit', '/send-answer.ts'],
  ['A miss', '/reader.ts'],
  ['A write', '/invalidate-by-event.ts'],
])('%s without %s is found out', (title, name) => {
  const rows = (flow.get(title) ?? []).map((row) => row.filter((step) => !step[0]?.endsWith(name)));
  expect(leftOut(rows.filter((row) => row.length > 0)).join()).not.toBe('');
});
