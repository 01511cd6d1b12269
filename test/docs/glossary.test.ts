import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const PAGE = join(import.meta.dirname, '..', '..', 'docs', 'glossary.md');

/** Returns the terms of all tables. A row may define several, separated by commas. */
function termsOf(page: string): string[] {
  const cells = [...page.matchAll(/^\| ([^|]+) \|/gm)].map(([, cell = '']) => cell);
  return cells.filter((cell) => cell !== 'term').flatMap((cell) => cell.replaceAll('`', '').split(', '));
}

function repeated(terms: readonly string[]): string[] {
  return terms.filter((term, index) => terms.indexOf(term) !== index);
}

test('the glossary defines each term once', () => {
  const terms = termsOf(readFileSync(PAGE, 'utf8'));
  expect(terms.length).toBeGreaterThan(0);
  expect(repeated(terms)).toEqual([]);
});

test('control: a term that a page defines twice is found', () => {
  expect(repeated(termsOf('| term | meaning |\n|---|---|\n| `lease` | a |\n| key, lease | b |\n'))).toEqual(['lease']);
});
