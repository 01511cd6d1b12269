import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const rows = readFileSync(join(ROOT, 'docs', 'peers.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (They assert|Complaint) \|/.test(line));
const named = rows.flatMap((row) => testsIn(row).map((it) => ({ ...it, row })));

/** Rows of complaints have four cells, rows of assertions three. */
const isComplaint = (row: string) => row.split(' | ').length === 4;

function testsIn(text: string): { file: string; name: string }[] {
  return [...text.matchAll(/`([\w./-]+\.ts)` › "([^"]+)"/g)].map(([, file = '', name = '']) => ({ file, name }));
}

function sourceOf(file: string): string {
  const inCore = join(ROOT, 'packages', 'cache-core', 'src', file);
  return readFileSync(existsSync(inCore) ? inCore : join(ROOT, file), 'utf8');
}

const isExpectedToFail = ({ file, name }: { file: string; name: string }) =>
  sourceOf(file).includes(`test.fails('${name}`);

test('each assertion and complaint names its test, or why there is none', () => {
  expect(rows.length).toBeGreaterThan(150);
  for (const row of rows) {
    if (isComplaint(row)) {
      expect(row).toMatch(/\]\(https:\/\/github\.com\/[\w./-]+\/(issues|pull)\/\d+\)/);
      expect(testsIn(row), row).not.toEqual([]);
    } else {
      const [, , here = ''] = row.split(' | ');
      expect(here.length, row).toBeGreaterThan(40);
    }
  }
});

test.for(named)('$file has the test that the page of peers names: $name', (it) => {
  expect(sourceOf(it.file)).toContain(it.name);
});

test('no test that the page names is expected to fail', () => {
  expect(rows.filter((row) => testsIn(row).some(isExpectedToFail))).toEqual([]);
});
