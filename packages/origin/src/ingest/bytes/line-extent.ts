import { UNIT_BYTES } from './eight-bit-lines.ts';

/** A run of at least this many NULs inside a line is padding and ends the line; a shorter one is a part of it. */
export const MIN_PADDING_BYTES = 64;

const LF = 0x0a;

/** Where the line that begins at a place ends: at a line end, at padding, or, if it is too long, after a unit. */
export type LineExtent = { kind: 'line' | 'part'; end: number } | { kind: 'padding'; end: number; nulBytes: number };

/**
 * Finds the end of a line that holds NULs or is long.
 *
 * @param ended the file has no more bytes
 * @returns null if it depends on more bytes
 */
export function lineExtent(bytes: Buffer, from: number, ended: boolean): LineExtent | null {
  const lf = bytes.indexOf(LF, from);
  const isWhole = lf !== -1 && lf + 1 - from <= UNIT_BYTES;
  const limit = isWhole ? lf + 1 : Math.min(bytes.length, from + UNIT_BYTES);
  for (let nul = bytes.indexOf(0, from); nul !== -1 && nul < limit; ) {
    const runEnd = endOfNuls(bytes, nul, nul + MIN_PADDING_BYTES);
    if (runEnd - nul >= MIN_PADDING_BYTES) return { kind: 'padding', end: nul, nulBytes: runEnd - nul };
    if (runEnd === bytes.length && !ended) return null;
    nul = bytes.indexOf(0, runEnd);
  }
  if (isWhole) return { kind: 'line', end: lf + 1 };
  if (limit - from < UNIT_BYTES && !ended) return null;
  return { kind: 'part', end: limit };
}

/** Returns the end of the run of NULs from `at`, at most `limit`. */
export function endOfNuls(bytes: Buffer, at: number, limit: number): number {
  let end = at;
  while (end < limit && bytes[end] === 0) end++;
  return end;
}
