import { expect, test } from 'vitest';
import { UnreadableFile } from './ingest/index.ts';
import { lastLine, MAX_LINE } from './last-line.ts';
import { record } from './log-store/testing/world.ts';

test('the last line is that of the record that ends last', () => {
  expect(lastLine(3, [record(4, { lineEnd: 9 }), record(5)])).toBe(9);
  expect(lastLine(10, [record(4, { lineEnd: 9 })])).toBe(10);
  expect(lastLine(0, [])).toBe(0);
});

test('a file with more lines than a store can number is unreadable', () => {
  expect(lastLine(0, [record(1, { lineEnd: MAX_LINE })])).toBe(MAX_LINE);
  const ingest = () => lastLine(0, [record(1, { lineEnd: MAX_LINE + 1 })]);
  expect(ingest).toThrow(UnreadableFile);
  expect(ingest).toThrow('expected a file of at most 2147483647 lines, got more');
});
