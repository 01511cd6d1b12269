import type { Encoding } from './encodings.ts';

const WESTERN = new TextDecoder('windows-1252');

/** Bytes that Windows-1252 does not define are 1. */
const UNDEFINED = Uint8Array.from({ length: 256 }, (_, byte) =>
  [0x81, 0x8d, 0x8f, 0x90, 0x9d].includes(byte) ? 1 : 0,
);
/** Windows-1252 differs from Latin-1 in the control characters of the latter. */
const C1 = /[\x80-\x9f]/;
/**
 * A longer run of bytes above 0x7f is not a Western word: Cyrillic, Greek and Asian text in 8 bits has such runs. Nor is a
 * word of two letters or more that are all above 0x7f.
 */
const MAX_RUN = 3;
const FIRST_LETTER = 0xc0;

/** What a line in 8 bits shows about its encoding. */
interface Evidence {
  /** Number of correct sequences of UTF-8. */
  whole: number;
  /** Number of sequences that were cut: they end where a text may end. */
  cut: number;
  /** Number of other bytes above 0x7f. */
  others: number;
  isWestern: boolean;
}

/**
 * Decodes a line that is not valid UTF-8. A line with more correct sequences of UTF-8 than others is UTF-8 with damaged
 * bytes. So is a line, in a file that has shown UTF-8, whose only faults are sequences that were cut, because programs cut
 * text at a number of bytes. Damaged bytes stay, and become U+FFFD as text. Any other line is Windows-1252 (which holds
 * Latin-1) if it can be Western text; else its encoding is unknown, and its bytes become U+FFFD, too.
 *
 * @param hasShownUtf8 an earlier line of the file is UTF-8
 * @returns the line in UTF-8, if its encoding is known
 */
export function decodeEightBit(line: Buffer, hasShownUtf8: boolean): { text: Buffer; encoding: Encoding } {
  const { whole, cut, others, isWestern } = evidenceOf(line);
  const isUtf8 = whole > 0 ? whole >= cut + others : hasShownUtf8 && others === 0;
  if (isUtf8) return { text: line, encoding: 'utf-8' };
  if (whole === 0 && isWestern) return { text: western(line), encoding: 'windows-1252' };
  return { text: line, encoding: 'unknown-8bit' };
}

/** A decoder's call takes longer than the rest, so lines that are Latin-1 do without. */
function western(line: Buffer): Buffer {
  const latin1 = line.toString('latin1');
  return Buffer.from(C1.test(latin1) ? WESTERN.decode(line) : latin1);
}

function evidenceOf(line: Buffer): Evidence {
  const evidence: Evidence = { whole: 0, cut: 0, others: 0, isWestern: true };
  for (let at = 0; at < line.length; ) {
    if ((line[at] ?? 0) < 0x80) at++;
    else at = readRun(line, at, evidence);
  }
  return evidence;
}

/** Reads a run of bytes above 0x7f. Returns its end. */
function readRun(line: Buffer, start: number, evidence: Evidence): number {
  let at = start;
  let isWord = true;
  while ((line[at] ?? 0) >= 0x80) {
    const needs = sequenceBytes(line[at] ?? 0);
    const length = presentBytes(line, at, needs);
    if (length === needs && needs > 0) evidence.whole++;
    // A sequence is cut at the end of a text, and no word continues there.
    else if (length === 0 || isLetter(line[at + length])) evidence.others++;
    else evidence.cut++;
    for (const end = at + Math.max(1, length); at < end; at++) {
      const byte = line[at] ?? 0;
      if (UNDEFINED[byte] === 1) evidence.isWestern = false;
      if (byte < FIRST_LETTER) isWord = false;
    }
  }
  const isAlone = !isLetter(line[start - 1]) && !isLetter(line[at]);
  if (at - start > MAX_RUN || (isWord && isAlone && at - start > 1)) evidence.isWestern = false;
  return at;
}

/** Returns how many bytes a UTF-8 sequence has that begins with this byte; 0 if none does. */
function sequenceBytes(lead: number): number {
  if (lead < 0xc2 || lead >= 0xf5) return 0;
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}

/** Returns how many bytes of the sequence that begins here are there. */
function presentBytes(bytes: Buffer, at: number, needs: number): number {
  let length = Math.min(1, needs);
  while (length < needs && isContinuation(bytes[at] ?? 0, bytes[at + length], length)) length++;
  return length;
}

/** The second byte excludes overlong forms, surrogates and what lies beyond U+10FFFF (RFC 3629, section 4). */
function isContinuation(lead: number, byte: number | undefined, index: number): boolean {
  if (byte === undefined || byte < 0x80 || byte > 0xbf) return false;
  if (index > 1) return true;
  if (lead === 0xe0) return byte >= 0xa0;
  if (lead === 0xed) return byte <= 0x9f;
  if (lead === 0xf0) return byte >= 0x90;
  return lead !== 0xf4 || byte <= 0x8f;
}

function isLetter(byte: number | undefined): boolean {
  return byte !== undefined && ((byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a));
}
