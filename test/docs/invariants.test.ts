import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(ROOT, 'docs', 'invariants.md'), 'utf8');
const named = [...page.matchAll(/`([\w./-]+\.ts)` › "([^"]+)"/g)].map(([, file = '', name = '']) => ({ file, name }));

test('the page of invariants names tests for each of the ten invariants', () => {
  const sections = page.split(/^## /m).slice(1);
  expect(sections).toHaveLength(10);
  for (const section of sections) expect(section).toMatch(/held by \| `.*› "/);
});

test.for(named)('$file has the test that the page of invariants names: $name', ({ file, name }) => {
  expect(readFileSync(join(ROOT, file), 'utf8')).toContain(name);
});
