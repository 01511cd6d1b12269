import { expect, test } from 'vitest';
import { UPLOAD_PACE, UploadPace } from './upload-pace.ts';

const { windowLooks, minBytes } = UPLOAD_PACE;

/** Returns the result of each check, given the bytes per check. */
function looks(counts: readonly number[]): (number | null)[] {
  const pace = new UploadPace(UPLOAD_PACE);
  let received = 0;
  return counts.map((bytes) => {
    received += bytes;
    return pace.look(received);
  });
}

const times = (count: number, bytes: number): number[] => Array.from({ length: count }, () => bytes);

test('an upload of 16 KiB/s is fast enough, however long it takes', () => {
  expect(minBytes).toBe(491_520);
  expect(looks(times(900, 16_384)).every((found) => found === null)).toBe(true);
});

test('an upload that is a byte too slow is detected after the first window, not before', () => {
  const found = looks([16_383, ...times(windowLooks - 1, 16_384)]);
  expect(found.slice(0, -1).every((each) => each === null)).toBe(true);
  expect(found.at(-1)).toBe(minBytes - 1);
});

test('a pause shorter than a window is compensated by earlier bytes', () => {
  const burst = [minBytes, ...times(windowLooks - 1, 0)];
  expect(looks([...burst, ...burst]).every((found) => found === null)).toBe(true);
});

test('a client that stops after a fast start is detected a window later', () => {
  const found = looks([10_000_000, ...times(windowLooks, 0)]);
  expect(found.findIndex((each) => each !== null)).toBe(windowLooks);
});
