import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(ROOT, 'SECURITY.md'), 'utf8');

/** Returns the rows of the table of threats that name no test, or one that does not exist. */
function wrongRows(text: string): string[] {
  const table = text.slice(text.indexOf('| threat |')).split('\n\n', 1)[0] ?? '';
  const rows = table.split('\n').slice(2);
  return rows.filter((row) => {
    const [, file = '', name = ''] = /`([\w./-]+\.ts)` › "([^"]+)" \|$/.exec(row) ?? [];
    const path = join(ROOT, file);
    return file === '' || !existsSync(path) || !readFileSync(path, 'utf8').includes(name);
  });
}

test('each threat names tests that exist', () => {
  expect(page.match(/` › "/g)?.length).toBeGreaterThan(30);
  expect(wrongRows(page)).toEqual([]);
});

test('control: a row without a test, and one whose test does not exist, are found', () => {
  const head = '| threat | held by |\n|---|---|\n';
  const wrong = ['| a | nothing |', '| b | `test/docs/security.test.ts` › "no such test, spelled apart".|'];
  const right = '| c | `test/docs/security.test.ts` › "each threat names tests that exist" |';
  expect(wrongRows(`${head}${wrong.join('\n')}\n${right}\n\n| d | e |\n`)).toEqual(wrong);
});

test('each limit of SECURITY.md that names an error code names one of the table of errors', () => {
  const errors = readFileSync(join(ROOT, 'docs', 'errors.md'), 'utf8');
  const limits = page.slice(page.indexOf('## Limits'), page.indexOf('## Threats'));
  const codes = [...limits.matchAll(/\d{3} `([A-Z_]+)`/g)].map(([, code = '']) => code);
  expect(codes.length).toBeGreaterThan(8);
  expect(codes.filter((code) => !errors.includes(`| \`${code}\` |`))).toEqual([]);
});
