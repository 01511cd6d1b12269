import { expect, test } from 'vitest';
import { printable } from './printable.ts';

test('characters that move the cursor, end the line or hide text are replaced, others are kept', () => {
  expect(printable('größe 日本 🙂.log')).toBe('größe 日本 🙂.log');
  expect(printable('a\u001b[2J\r\nb\u0000c\u202ed\u2028e')).toBe('a�[2J��b�c�d�e');
});

test('a long text is cut, never in the middle of a character', () => {
  const cut = printable('🙂'.repeat(500));
  expect(cut.length).toBeLessThan(130);
  expect(cut.isWellFormed()).toBe(true);
});
