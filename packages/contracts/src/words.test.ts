import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isWordAt, placedWordsOf, wordsOf } from './words.ts';

test.for<[string, string[]]>([
  ['', []],
  ['GET /etc/httpd/conf HTTP/1.1', ['get', 'etc', 'httpd', 'conf', 'http', '1', '1']],
  ['10.251.73.220', ['10', '251', '73', '220']],
  ['mod_jk_Child', ['mod', 'jk', 'child']],
  ['ÄRGER naïve', ['arger', 'naive']],
  ['e\u0301tude étude', ['etude', 'etude']],
  ['Straße STRASSE STRAẞE ΟΔΟΣ οδος', ['strasse', 'strasse', 'strasse', 'οδοσ', 'οδοσ']],
  ['ﬁx ① ℌello 2½m²', ['fix', '1', 'hello', '21', '2m2']],
  ['日本語 log日本1', ['日', '本', '語', 'log', '日', '本', '1']],
  ['ヿ ゟ ㈱', ['コ', 'ト', 'よ', 'り']],
  ['ガス ｶﾞｽ カ\u3099ス', ['ガ', 'ス', 'ガ', 'ス', 'ガ', 'ス']],
  ['한국 \u1112\u1161\u11ab국', ['한', '국', '한', '국']],
  ['कि की', ['कि', 'की']],
  ['นำ \u0e33', ['น\u0e4d\u0e32', '\u0e32']],
  ['\u0301x foo™', ['x', 'foo']],
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

test('the place of a word holds exactly its characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      let last = 0;
      for (const { word, start, end } of placedWordsOf(text)) {
        expect(start).toBeGreaterThanOrEqual(last === 0 ? 0 : last - 1);
        expect(wordsOf(text.slice(start, end))).toContain(word);
        expect(isWordAt(text, start)).toBe(true);
        last = end;
      }
    }),
  );
});

test('words are split alike with case, accents and composition', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const words = wordsOf(text);
      expect(wordsOf(text.normalize('NFD'))).toEqual(words);
      expect(wordsOf(text.normalize('NFC'))).toEqual(words);
    }),
  );
});

test('a word that is split again stays as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(changedWordsOf(text)).toEqual([]);
    }),
  );
});

test('no character of Unicode has a word that is split again differently', () => {
  const isLetter = /[\p{L}\p{N}\p{M}]/u;
  const characters = Array.from({ length: 0x11_0000 }, (_, code) => String.fromCodePoint(code));
  const changed = characters.filter((text) => isLetter.test(text) && changedWordsOf(`${text}a日${text}`).length > 0);
  expect(changed).toEqual([]);
});

const changedWordsOf = (text: string): string[] =>
  wordsOf(text).filter((word) => JSON.stringify(wordsOf(word)) !== JSON.stringify([word]));
