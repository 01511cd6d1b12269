import { crc32 } from 'node:zlib';
import type { Entry } from '../model/entry.ts';
import { parsed } from '../model/parsed.ts';
import { readScope, type Scope } from '../model/scope.ts';
import { type Rejected, rejected } from './rejected.ts';

/**
 * An entry's bytes in a shared tier, numbers big-endian:
 *
 *     0  'PLC' and the format version, a digit
 *     4  u8 codec tag   5 u8 length of the key id, 0: not encrypted   6 u16 0, reserved
 *     8  f64 epoch     16 f64 asOf     24 f64 loadedAt   32 f64 freshUntil   40 f64 revalidateUntil   48 f64 staleUntil
 *    56  f64 loadMs
 *    64  u32 length of the key   68 of the tags   72 of the scope   76 of the etag   80 of the body, decoded
 *    84  key (UTF-8), key id
 *        tags (JSON, or nothing), scope (JSON, or nothing), etag (UTF-8), body (as the codec tag says)
 *        u32 CRC-32 of everything before it
 *
 * With a key id, everything from the tags to the body is encrypted: see `encryption.ts`.
 *
 * Invariant: in every format version 'PLC', the digit and the stamp have the offsets above. Scripts compare stamps
 * whatever the version, so that an older process never takes a newer answer's place.
 *
 * The envelope contains its key, because other programs can write to the store: an envelope under another key is rejected.
 */
const MAGIC = Buffer.from('PLC');
const FORMAT_VERSION = 0x32;
const HEADER_BYTES = 84;
export const CRC_BYTES = 4;

/** An entry's parts as bytes, before compression and encryption. */
export interface EnvelopeParts {
  readonly key: Buffer;
  readonly tags: Buffer;
  readonly scope: Buffer;
  readonly etag: Buffer;
  readonly body: Buffer;
}

/** The parts that a reader needs before it can decode the others. */
export interface Outline {
  readonly codecTag: number;
  /** Empty if the entry is not encrypted. */
  readonly keyId: string;
  /** The number of bytes that are never encrypted. */
  readonly clearBytes: number;
  readonly bodyBytes: number;
}

const NOTHING = Buffer.alloc(0);

export function partsOf(key: string, entry: Entry): EnvelopeParts {
  return {
    key: Buffer.from(key),
    tags: entry.tags.length === 0 ? NOTHING : Buffer.from(JSON.stringify(entry.tags)),
    scope: entry.scope === null ? NOTHING : Buffer.from(JSON.stringify(entry.scope)),
    etag: Buffer.from(entry.etag),
    body: entry.body,
  };
}

/** Returns the number of bytes of an entry uncompressed and unencrypted, which the size ceiling applies to. */
export function plainBytesOf({ key, tags, scope, etag, body }: EnvelopeParts): number {
  return HEADER_BYTES + key.length + tags.length + scope.length + etag.length + body.length + CRC_BYTES;
}

/** Returns everything before the part that may be encrypted. */
export function clearPart(parts: EnvelopeParts, entry: Entry, codecTag: number, keyId: Buffer): Buffer {
  const clear = Buffer.allocUnsafe(HEADER_BYTES + parts.key.length + keyId.length);
  clear.set(MAGIC);
  clear[3] = FORMAT_VERSION;
  clear[4] = codecTag;
  clear[5] = keyId.length;
  clear.writeUInt16BE(0, 6);
  clear.writeDoubleBE(entry.epoch, 8);
  clear.writeDoubleBE(entry.asOf, 16);
  clear.writeDoubleBE(entry.loadedAt, 24);
  clear.writeDoubleBE(entry.freshUntil, 32);
  clear.writeDoubleBE(entry.revalidateUntil, 40);
  clear.writeDoubleBE(entry.staleUntil, 48);
  clear.writeDoubleBE(entry.loadMs, 56);
  clear.writeUInt32BE(parts.key.length, 64);
  clear.writeUInt32BE(parts.tags.length, 68);
  clear.writeUInt32BE(parts.scope.length, 72);
  clear.writeUInt32BE(parts.etag.length, 76);
  clear.writeUInt32BE(parts.body.length, 80);
  clear.set(parts.key, HEADER_BYTES);
  clear.set(keyId, HEADER_BYTES + parts.key.length);
  return clear;
}

/** Concatenates the pieces and appends the checksum. */
export function withChecksum(pieces: readonly Buffer[]): Buffer {
  const length = pieces.reduce((sum, piece) => sum + piece.length, CRC_BYTES);
  const bytes = Buffer.concat(pieces, length);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, length - CRC_BYTES)), length - CRC_BYTES);
  return bytes;
}

/** Locates the parts, after checking that the bytes are an undamaged envelope of this key, not above the ceiling. */
export function outlineOf(key: string, bytes: Buffer, maxEntryBytes: number, slackBytes: number): Outline | Rejected {
  if (bytes[0] !== MAGIC[0] || bytes[1] !== MAGIC[1] || bytes[2] !== MAGIC[2])
    return rejected('foreign', 'bytes that are not an envelope');
  if (bytes[3] !== FORMAT_VERSION)
    return rejected('foreign', `an envelope of another format version: ${shown(bytes.subarray(3, 4))}`);
  if (bytes.length > maxEntryBytes + slackBytes)
    return rejected('oversized', `${bytes.length} bytes, where an entry has at most ${maxEntryBytes}`);
  const end = bytes.length - CRC_BYTES;
  if (end < HEADER_BYTES) return rejected('damaged', 'an envelope truncated in its header');
  if (bytes.readUInt32BE(end) !== crc32(bytes.subarray(0, end)))
    return rejected('damaged', 'an envelope whose checksum does not match');
  const keyEnd = HEADER_BYTES + bytes.readUInt32BE(64);
  const clearBytes = keyEnd + bytes.readUInt8(5);
  if (clearBytes > end) return rejected('damaged', 'shorter than its header says');
  if (bytes.toString('utf8', HEADER_BYTES, keyEnd) !== key) return rejected('foreign', 'the entry of another key');
  const bodyBytes = bytes.readUInt32BE(80);
  const plainBytes = keyEnd + metaBytesOf(bytes) + bodyBytes + CRC_BYTES;
  if (plainBytes > maxEntryBytes)
    return rejected('oversized', `${plainBytes} bytes once decoded, where an entry has at most ${maxEntryBytes}`);
  const keyId = clearBytes === keyEnd ? '' : bytes.toString('latin1', keyEnd, clearBytes);
  return { codecTag: bytes.readUInt8(4), keyId, clearBytes, bodyBytes };
}

/** Quotes untrusted bytes for a log line, without control characters. */
const shown = (bytes: Buffer): string => JSON.stringify(bytes.toString('latin1'));

const metaBytesOf = (bytes: Buffer): number => bytes.readUInt32BE(68) + bytes.readUInt32BE(72) + bytes.readUInt32BE(76);

/** Tags, scope, etag and stored body: a part of the envelope, or decrypted bytes of their own. */
export interface Payload {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

/** Returns the stored body within the payload, after tags, scope and etag; null if the payload is too short. */
export function storedBodyOf(envelope: Buffer, { bytes, start, end }: Payload): Buffer | null {
  const bodyStart = start + metaBytesOf(envelope);
  return bodyStart > end ? null : bytes.subarray(bodyStart, end);
}

/** Invariant: `payload` contains at least the bytes that `storedBodyOf` has checked. */
export function entryOf(envelope: Buffer, payload: Payload, body: Buffer): Entry | Rejected {
  const { bytes, start } = payload;
  const tagsEnd = start + envelope.readUInt32BE(68);
  const scopeEnd = tagsEnd + envelope.readUInt32BE(72);
  const tags = tagsEnd === start ? [] : parseTags(bytes.toString('utf8', start, tagsEnd));
  if (tags === null) return rejected('damaged', 'an envelope whose tags are not a list of texts');
  const entry: Entry = {
    epoch: envelope.readDoubleBE(8),
    asOf: envelope.readDoubleBE(16),
    loadedAt: envelope.readDoubleBE(24),
    freshUntil: envelope.readDoubleBE(32),
    revalidateUntil: envelope.readDoubleBE(40),
    staleUntil: envelope.readDoubleBE(48),
    loadMs: envelope.readDoubleBE(56),
    tags,
    scope: scopeEnd === tagsEnd ? null : parseScope(bytes.toString('utf8', tagsEnd, scopeEnd)),
    etag: bytes.toString('utf8', scopeEnd, scopeEnd + envelope.readUInt32BE(76)),
    body,
  };
  // Comparisons with NaN are all false, so such an entry would never expire.
  return hasFiniteNumbers(entry) ? entry : rejected('damaged', 'an envelope whose times are not numbers');
}

const hasFiniteNumbers = (entry: Entry): boolean =>
  Number.isFinite(entry.epoch) &&
  Number.isFinite(entry.asOf) &&
  Number.isFinite(entry.loadedAt) &&
  Number.isFinite(entry.freshUntil) &&
  Number.isFinite(entry.revalidateUntil) &&
  Number.isFinite(entry.staleUntil) &&
  Number.isFinite(entry.loadMs);

/** Returns null if the JSON is not a list of texts. */
function parseTags(json: string): string[] | null {
  const tags = parsed(json);
  return Array.isArray(tags) && tags.every((tag) => typeof tag === 'string') ? tags : null;
}

/** Returns null, which is everything, for a scope that only another version can read: a wider scope only causes misses. */
const parseScope = (json: string): Scope | null => readScope(parsed(json));
