import { isUtf8 } from 'node:buffer';
import { NotALog } from '../errors.ts';
import { isGzip } from './decompress.ts';
import { decodeEightBit } from './eight-bit.ts';
import type { Utf16 } from './encodings.ts';
import { endOfNuls } from './line-extent.ts';
import { SIGNATURES, type Signature } from './signatures.ts';
import { isTar } from './tar-header.ts';
import { strictUtf16Order, utf16Order, WINDOW_BYTES, wholeCharacters } from './utf16.ts';
import { isZstd } from './zstd-frames.ts';

/** Number of bytes by which a file is judged, after the NULs at its start, which may be padding. */
export const SAMPLE_BYTES = 64 * 1024;

/** Data is binary if its sample has this many different control bytes, and */
export const MIN_CONTROL_KINDS = 8;
/** they are this share of the bytes that are not NUL, and it is not valid UTF-8. */
export const MIN_CONTROL_SHARE = 0.02;

const LF = 0x0a;

/** What a file is, if it is not a text log, and what to do. */
export type Refused = Pick<Signature, 'what' | 'todo'>;

/** What the first bytes of a file show. `order`: it is UTF-16 without a mark, and its first line may not show it. */
export type Judgement = { kind: 'refused'; as: Refused } | { kind: 'text'; order: Utf16 | null };

/**
 * Judges a file by its first bytes. Valid UTF-8 is never refused, unless it begins with the signature of a binary format
 * that holds control bytes. Text in other encodings has no control bytes.
 *
 * @param head the first bytes: the NULs at the start of the file and `SAMPLE_BYTES` after them, or the whole file
 */
export function judge(head: Buffer): Judgement {
  const nuls = endOfNuls(head, 0, head.length);
  const sample = head.subarray(nuls, nuls + SAMPLE_BYTES);
  const signature = SIGNATURES.find((one) => matches(head, one) || (nuls > 0 && matches(sample, one)));
  if (signature !== undefined) return { kind: 'refused', as: signature };
  const packed = packing(head);
  if (packed !== null) return { kind: 'refused', as: packed };
  const isUtf16 = /^(?:fffe|feff)/.test(sample.toString('hex', 0, 2)) || utf16Order(sample.subarray(0, WINDOW_BYTES));
  if (isUtf16 || isUtf8(wholeCharacters(sample))) return { kind: 'text', order: null };
  const binary = isBinary(sample);
  const order = binary || isUnreadable(sample) ? strictUtf16Order(head.subarray(0, SAMPLE_BYTES)) : null;
  if (binary && order === null) {
    return { kind: 'refused', as: { what: 'binary data', todo: 'upload the log as text' } };
  }
  return { kind: 'text', order };
}

/** Returns the error for a refused file. `where` it was found: '', or for example ` in the gzip data`. */
export function refusal({ what, todo }: Refused, where: string): NotALog {
  return new NotALog(what, where, todo);
}

/** Returns what data is that is packed inside of packed data. */
function packing(head: Buffer): Refused | null {
  const todo = 'unpack it once, and upload its contents';
  if (isGzip(head)) return { what: 'data compressed with gzip', todo };
  if (isZstd(head)) return { what: 'data compressed with zstd', todo };
  return isTar(head) ? { what: 'a tar archive', todo } : null;
}

function matches(bytes: Buffer, { hex, isText }: Signature): boolean {
  const first = bytes.toString('hex', 0, hex.length / 2);
  if (first.length < hex.length) return false;
  for (let at = 0; at < hex.length; at++) if (hex[at] !== '.' && hex[at] !== first[at]) return false;
  return !isText || !isPlainText(bytes.subarray(0, SAMPLE_BYTES));
}

/** Compressed data after a signature of printable characters has control bytes, and is not UTF-8. */
function isPlainText(sample: Buffer): boolean {
  return isUtf8(wholeCharacters(sample)) || !sample.some((byte) => byte === 0 || isControl(byte));
}

/** Returns whether data with NULs begins with a line that is not text in 8 bits. */
function isUnreadable(sample: Buffer): boolean {
  if (!sample.includes(0)) return false;
  const line = sample.subarray(0, Math.min(WINDOW_BYTES, (sample.indexOf(LF) + 1 || sample.length) - 1));
  return !isUtf8(wholeCharacters(line)) && decodeEightBit(line, false).encoding === 'unknown-8bit';
}

function isBinary(sample: Buffer): boolean {
  const kinds = new Set<number>();
  let [controls, others] = [0, 0];
  for (const byte of sample) {
    if (byte === 0) continue;
    others++;
    if (!isControl(byte)) continue;
    controls++;
    kinds.add(byte);
  }
  return kinds.size >= MIN_CONTROL_KINDS && controls >= others * MIN_CONTROL_SHARE;
}

/**
 * Control characters of ASCII except NUL and those of text: BEL, BS, HT, LF, VT, FF, CR, ESC, and SO and SI, which switch
 * alphabets in ISO 2022.
 */
function isControl(byte: number): boolean {
  return byte < 0x20 && byte !== 0 && !(byte >= 0x07 && byte <= 0x0f) && byte !== 0x1b;
}
