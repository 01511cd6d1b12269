import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(ROOT, 'docs', 'peers.md'), 'utf8');
const suites = globSync('packages/cache-core/src/**/complaints-about-*.test.ts', { cwd: ROOT });

const sourceOf = (file: string) => readFileSync(join(ROOT, file), 'utf8');
/** The first argument of each test, in whichever form it is written. */
const titlesIn = (file: string) =>
  [...sourceOf(file).matchAll(/^(?:test\(|\]\)\(|test\.each\(.*\)\(| {2})'(.*)',(?:$| async)/gm)].map(
    ([, title = '']) => title,
  );
const rows = page.split('\n').filter((line) => line.startsWith('| ') && line.includes('](https://github.com/'));

test('the page has a row for each complaint, with a thread of another project', () => {
  expect(rows.length).toBeGreaterThan(70);
  for (const row of rows) expect(row).toMatch(/\]\(https:\/\/github\.com\/[\w./-]+\/(issues|pull)\/\d+\)/);
});

test('every complaint of a suite has a thread', () => {
  const complaints = suites.flatMap((file) => [...sourceOf(file).matchAll(/^\/\/ Complaint: (.*)$/gm)]);
  const listed = complaints.map(([, text = '']) => text).filter((text) => !rows.some((row) => row.includes(text)));
  expect(complaints.length).toBeGreaterThan(70);
  expect(listed).toEqual([]);
});

describe.for(suites)('%s', (file) => {
  test('has all its tests on the page', () => {
    expect(titlesIn(file).length).toBeGreaterThan(5);
    expect(titlesIn(file).filter((title) => !page.includes(title))).toEqual([]);
  });

  test('expects no test to fail', () => {
    expect(sourceOf(file)).not.toMatch(/\b(test|it)\.(fails|skip|todo)\b/);
  });
});
