import { expect, test } from 'vitest';
import { FileDeferred } from './errors.ts';
import { LongReads } from './long-reads.ts';

const opened = () => new LongReads({ max: 2, lines: 100, bytes: 1_000 });
const LONG = { lines: 100, bytes: 0 };

test('short files are never deferred, however many there are', () => {
  const reads = opened();
  for (let file = 0; file < 50; file++) {
    const reading = reads.begin(`${file}`);
    reading.note({ lines: 99, bytes: 999 });
    expect(reading.signal.aborted).toBe(false);
  }
});

test.each([
  ['records', { lines: 100, bytes: 0 }],
  ['bytes', { lines: 0, bytes: 1_000 }],
])('a file that becomes long by its %s while all places are taken is deferred', (_by, progress) => {
  const reads = opened();
  for (const file of ['a', 'b']) reads.begin(file).note(LONG);
  const third = reads.begin('c');
  third.note(progress);
  expect(third.signal.reason).toBeInstanceOf(FileDeferred);
  third.end(false);
  expect(() => reads.begin('c')).toThrow(FileDeferred);
});

test('a deferred file gets the place of the next long file that ends, and returns it', () => {
  const reads = opened();
  const [first] = ['a', 'b'].map((file) => {
    const reading = reads.begin(file);
    reading.note(LONG);
    return reading;
  });
  const third = reads.begin('c');
  third.note(LONG);
  third.end(false);
  first?.end(true);
  const again = reads.begin('c');
  again.note(LONG);
  expect(again.signal.aborted).toBe(false);
  expect(() => {
    const fourth = reads.begin('d');
    fourth.note(LONG);
    fourth.signal.throwIfAborted();
  }).toThrow(FileDeferred);
  again.end(true);
  const fifth = reads.begin('e');
  fifth.note(LONG);
  expect(fifth.signal.aborted).toBe(false);
});
