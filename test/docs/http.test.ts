import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(ROOT, 'docs', 'http.md'), 'utf8');
const suite = readFileSync(join(ROOT, 'packages/cache-core/src/express/cache-tests.test.ts'), 'utf8');

/** Returns the ids of the cases that the page lists as run. */
function listed(): string[] {
  const [, section = ''] = page.split('| case | |\n');
  return [...section.matchAll(/^\| `([\w-]+)` \| (?:holds|ignored)/gm)].map(([, id = '']) => id);
}

/** Whether the suite has a test, or a row of one, with this id. */
const isRun = (id: string): boolean => suite.includes(`'${id}'`);

test('each case that the page of HTTP lists is run under its id', () => {
  expect(listed().length).toBeGreaterThan(40);
  expect(listed().filter((id) => !isRun(id))).toEqual([]);
});

test('each case that the suite runs is on the page', () => {
  const GROUPS = /'((?:vary|query-args|other|conditional|ccreq|pragma|partial|stale|collapse)-[\w-]+)'/g;
  const run = [...suite.matchAll(GROUPS)].map(([, id = '']) => id);
  const known = new Set(listed());
  expect(run.filter((id) => !known.has(id))).toEqual([]);
});

test('control: a case that no test has is found', () => {
  expect(isRun('vary-no-such-case')).toBe(false);
});

test('each suite that the page names exists', () => {
  const suites = [...page.matchAll(/`((?:packages|apps)\/[\w./-]+\.test\.ts)`/g)].map(([, file = '']) => file);
  expect(suites.length).toBeGreaterThan(10);
  expect(suites.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
});
