import { isUtf8 } from 'node:buffer';
import type { Utf16 } from './encodings.ts';

/** Number of bytes from the start of a line by which its encoding is decided. */
export const WINDOW_BYTES = 256;

/** Of the 16-bit units of a line, this share must have NUL as their high byte: one in four is ASCII or Latin-1. */
const MIN_ASCII_SHARE = 1 / 4;
const MIN_ASCII_UNITS = 2;
/** At most this share of as many units may have NUL as their low byte, such as U+0100 or U+4E00. */
const MAX_OTHER_SHARE = 1 / 4;

const LF = 0x0a;

/**
 * Returns the byte order if the line that begins here is UTF-16 without a mark: its NULs are high bytes of ASCII
 * characters, so they are at even or at odd places. A line in 8 bits has no NUL, and NULs in it are at places of both kinds.
 *
 * @param window the first bytes of the line, and what follows it
 */
export function utf16Order(window: Buffer): Utf16 | null {
  const lf = window.indexOf(LF);
  const nul = window.indexOf(0);
  if (nul === -1 || (lf > 0 && lf < nul)) return null;
  if (isUtf16(window, 1)) return 'utf-16le';
  return isUtf16(window, 0) ? 'utf-16be' : null;
}

/** @param high place of the high byte in a unit */
function isUtf16(window: Buffer, high: 0 | 1): boolean {
  let [units, ascii, others] = [0, 0, 0];
  for (let at = 0; at + 1 < window.length; at += 2) {
    const isAscii = window[at + high] === 0;
    const low = window[at + 1 - high];
    units++;
    if (isAscii) ascii++;
    if (low === 0 && !isSurrogate(window[at + high])) others++;
    // The next line may be in another encoding. A blank line alone shows too little.
    if (isAscii && low === LF && units > 1) break;
  }
  return ascii >= Math.max(MIN_ASCII_UNITS, units * MIN_ASCII_SHARE) && others <= ascii * MAX_OTHER_SHARE;
}

function isSurrogate(high: number | undefined): boolean {
  return high !== undefined && high >= 0xd8 && high <= 0xdf;
}

/** Only assigned characters, and of the control characters only those of text. */
const ONLY_TEXT = /^[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}\p{Cf}\t\n\f\r\v\b]*$/u;

/**
 * Returns the byte order of UTF-16 without a mark in any language: every unit is an assigned character in this byte order
 * and not in the other. Random bytes have a surrogate without its half, or an unassigned character, within few units.
 */
export function strictUtf16Order(sample: Buffer): Utf16 | null {
  const even = sample.subarray(0, sample.length & ~1);
  if (even.length < 16 || isUtf8(sample)) return null;
  const fits = (['utf-16le', 'utf-16be'] as const).filter((order) => isTextIn(even, order));
  return fits.length === 1 ? (fits[0] ?? null) : null;
}

function isTextIn(sample: Buffer, order: Utf16): boolean {
  const text = new TextDecoder(order, { ignoreBOM: true }).decode(sample);
  // The sample may end between the halves of a surrogate pair.
  const whole = /[\ud800-\udbff\ufffd]$/.test(text) ? text.slice(0, -1) : text;
  return whole.isWellFormed() && !whole.includes('\ufffd') && ONLY_TEXT.test(whole);
}

/** Number of bytes after a line end by which `endsUtf16` decides. */
export const LEAVE_BYTES = 64;
/** The line, or the rest of the file, may be shorter. */
const MIN_LEAVE_BYTES = 8;

/**
 * Returns whether a line in UTF-16 was the last, by the bytes that follow it: a byte order mark, NULs of padding, or a line
 * of text without a NUL.
 */
export function endsUtf16(next: Buffer): boolean {
  const unit = next.toString('hex', 0, 2);
  if (unit === 'fffe' || unit === 'feff' || unit === '0000') return true;
  const lf = next.indexOf(LF);
  // A shorter line may be a character of Gurmukhi, U+0A00 to U+0A7F.
  const line = next.subarray(0, lf >= MIN_LEAVE_BYTES ? lf : LEAVE_BYTES);
  if (line.length < MIN_LEAVE_BYTES) return false;
  for (const byte of line) if (byte < 0x20 && !(byte >= 0x08 && byte <= 0x0d) && byte !== 0x1b) return false;
  return isUtf8(wholeCharacters(line));
}

/** Returns the bytes without a UTF-8 sequence that is cut at their end. */
export function wholeCharacters(bytes: Buffer): Buffer {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const needs = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return needs > back ? bytes.subarray(0, bytes.length - back) : bytes;
  }
  return bytes;
}
