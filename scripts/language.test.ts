import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { findings, languageComplaints } from './language.ts';

function wordsIn(text: string, file = 'src/a.ts'): string[] {
  return findings(file, text).map(({ words }) => words);
}

describe('finds', () => {
  test.for([
    ['// The worker is told to stop.', 'told'],
    ['const isOutdated = true;', 'isOutdated'],
    ["throw new Error('nobody asked');", 'nobody'],
    ['function tellReach(): void {}', 'tell'],
    ['this.#standsFor = 1;', 'stands'],
    ['const MOST_KEYS = 5;', 'MOST_KEYS'],
    ['/** Null: no limit. */', 'Null:'],
    ['/** A time in ms; null: the default. */', 'null:'],
    ['Reads are not stopped but what is kept is served.', 'what is'],
    ['## What is promised', 'What is'],
    ['Text is no key.', 'is no'],
    ['The origin is left quite alone.', 'left quite alone'],
    ['Reads go on.', 'go on'],
    ['A value held in hand, and by hand.', 'in hand, by hand'],
    ['The reader who waits.', 'who waits'],
  ])('%j', ([text, words]) => {
    expect(wordsIn(text ?? '').join(', ')).toBe(words);
  });

  test('a phrase that two comment lines share, at its first line', () => {
    expect(findings('src/a.ts', '/**\n * Waits so\n * long.\n */')).toMatchObject([{ line: 2, words: 'so long' }]);
  });
});

describe('allows', () => {
  test.for([
    '// A standby server and a stand-in are outstanding. We understand the standard, stand-alone tool.',
    '// There is no limit, and there are still no keys. It is no longer open, and is no older than 5 s.',
    'What is a lease? A promise.',
    'The header goes on the answer.',
    'const options = { stale: true, value: null };',
    'withoutData(by, handler);',
    "type Reason = 'outdated' | 'expired';",
    '- `no-cache`: the answer is no-store.',
  ])('%j', (text) => {
    expect(wordsIn(text)).toEqual([]);
  });

  test('the titles that links to other sites quote', () => {
    const link = '[nobody is told](https://github.com/a/b/issues/1)';
    expect(wordsIn(link, 'docs/a.md')).toEqual([]);
    expect(wordsIn(`[nobody](a.md) ${link}`, 'docs/a.md')).toEqual(['nobody']);
  });
});

test('reads code and docs, and skips data, generated pages and its own list', () => {
  const root = mkdtempSync(join(tmpdir(), 'pilotlight-test-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const files = [
    'README.md',
    'src/a.ts',
    'src/samples/a.md',
    'docs/api/a.md',
    'src/migrations/0001-a.sql',
    'scripts/language.ts',
    'a.log',
  ];
  for (const file of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), 'one\ntold\n');
  }
  const expected = ['README.md', 'src/a.ts'].map((file) => expect.stringContaining(`${file}:2: "told": write `));
  expect(languageComplaints(root)).toEqual(expected);
  expect(languageComplaints(root, ['src/'])).toEqual(expected.slice(1));
});

test('checks the name of a file', () => {
  const root = mkdtempSync(join(tmpdir(), 'pilotlight-test-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  writeFileSync(join(root, 'outdated-by.ts'), '');
  expect(languageComplaints(root)).toEqual([expect.stringContaining('outdated-by.ts:1: "outdated-by.ts": write ')]);
});
