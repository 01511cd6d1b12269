import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BadCursor } from '../errors.ts';
import { decodeCursor, encodeCursor } from './files-cursor.ts';

test('decoding an encoded cursor returns its position', () => {
  const day = { min: new Date(0), max: new Date('2200-01-01'), noInvalidDate: true };
  fc.assert(
    fc.property(fc.date(day), fc.uuid(), (uploadedAt, id) => {
      expect(decodeCursor(encodeCursor({ uploadedAt, id }))).toEqual({ uploadedAt, id });
    }),
  );
});

test('any text that is not a cursor of this list is BadCursor', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(() => decodeCursor(text)).toThrow(BadCursor);
    }),
  );
  const good = encodeCursor({ uploadedAt: new Date(5), id: '01890a5d-ac96-774b-bcce-b302099a8057' });
  for (const changed of [`${good}=`, `${good}A`, good.slice(1), ` ${good}`, '']) {
    expect(() => decodeCursor(changed)).toThrow(BadCursor);
  }
});
