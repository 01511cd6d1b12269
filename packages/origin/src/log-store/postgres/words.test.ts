import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wordsOf } from './words.ts';

test.for<[string, string[]]>([
  ['', []],
  ['GET /etc/httpd/conf HTTP/1.1', ['get', 'etc', 'httpd', 'conf', 'http', '1', '1']],
  ['10.251.73.220', ['10', '251', '73', '220']],
  ['mod_jk_Child', ['mod', 'jk', 'child']],
  ['ÄRGER naïve', ['ärger', 'naïve']],
  ['done✅ x—y', ['done', 'x', 'y']],
  ['\ud800alone', ['alone']],
])('%j is split at everything but letters and digits', ([text, words]) => {
  expect(wordsOf(text)).toEqual(words);
});

test('ASCII text is split by the same rule as other text', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(wordsOf(text)).toEqual(wordsOf(`${text} é`).slice(0, -1));
    }),
  );
});

test('a word contains no separator and no capital', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      for (const word of wordsOf(text)) expect(word).toMatch(/^[\p{L}\p{N}\p{M}]{1,500}$/u);
    }),
  );
});

test('a very long word is indexed by its beginning', () => {
  expect(wordsOf('x'.repeat(10_000))).toEqual(['x'.repeat(500)]);
});
