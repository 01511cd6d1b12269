import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const MAX_LINES = 90;
const MAX_WORDS = 1_500;

test.for(globSync('docs/decisions/*.md', { cwd: ROOT }))('%s is one page', (file) => {
  const text = readFileSync(join(ROOT, file), 'utf8');
  expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(MAX_LINES);
  expect(text.split(/\s+/).length).toBeLessThanOrEqual(MAX_WORDS);
  expect(text).toMatch(/^# .+\n/);
});
