import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BadCursor } from '../errors.ts';
import { MAX_LINE } from '../last-line.ts';
import { decodeSearchCursor, encodeSearchCursor } from './search-cursor.ts';

test('decoding an encoded cursor of a search returns its position', () => {
  const atMs = fc.option(fc.integer({ min: Date.parse('0001-01-01T00:00:00Z'), max: Date.UTC(9999, 11, 31) }));
  fc.assert(
    fc.property(atMs, fc.uuid(), fc.nat({ max: MAX_LINE }), (ms, fileId, line) => {
      const position = { atMs: ms, fileId, line };
      expect(decodeSearchCursor(encodeSearchCursor(position))).toEqual(position);
    }),
  );
});

test('any text that is not a cursor of a search is BadCursor', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(() => decodeSearchCursor(text)).toThrow(BadCursor);
    }),
  );
  const good = encodeSearchCursor({ atMs: 5, fileId: '01890a5d-ac96-774b-bcce-b302099a8057', line: 7 });
  for (const changed of [`${good}=`, `${good}A`, good.slice(1), ` ${good}`, '']) {
    expect(() => decodeSearchCursor(changed)).toThrow(BadCursor);
  }
});
