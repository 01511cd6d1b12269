import { crc32 } from 'node:zlib';
import type { Entry } from './entry.ts';

/**
 * An entry's bytes in a shared tier, big-endian. The stamp stands at a fixed place so that a script can compare it:
 *
 *     0  'PLC1'     magic and version
 *     4  u32        CRC-32 of everything after it
 *     8  f64 epoch  16 f64 asOf  24 f64 loadedAt  32 f64 freshUntil  40 f64 staleUntil  48 f64 loadMs
 *    56  u32        length of the key
 *    60  u32        length of the tags
 *    64  key (UTF-8), tags (JSON array), etag (22 bytes), body (JSON)
 *
 * The key is inside because a store can be written to by others: bytes found under another key are not its entry.
 */
const MAGIC = Buffer.from('PLC1');
const HEADER_BYTES = 64;
export const ETAG_CHARS = 22;

export function encodeEntry(key: string, entry: Entry): Buffer {
  const keyBytes = Buffer.from(key);
  const tags = Buffer.from(entry.tags.length === 0 ? '' : JSON.stringify(entry.tags));
  const header = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(header);
  [entry.epoch, entry.asOf, entry.loadedAt, entry.freshUntil, entry.staleUntil, entry.loadMs].forEach((value, i) => {
    header.writeDoubleBE(value, 8 + 8 * i);
  });
  header.writeUInt32BE(keyBytes.length, 56);
  header.writeUInt32BE(tags.length, 60);
  const bytes = Buffer.concat([header, keyBytes, tags, Buffer.from(entry.etag, 'latin1'), entry.body]);
  bytes.writeUInt32BE(crc32(bytes.subarray(8)), 4);
  return bytes;
}

/** The entry, or why these bytes are not one of this key. Never throws: bytes from a shared store are untrusted. */
export function decodeEntry(key: string, bytes: Buffer): Entry | { readonly damaged: string } {
  if (bytes.length < HEADER_BYTES + ETAG_CHARS || !bytes.subarray(0, 4).equals(MAGIC))
    return { damaged: 'not an entry of this version' };
  if (bytes.readUInt32BE(4) !== crc32(bytes.subarray(8))) return { damaged: 'checksum does not match' };
  const keyEnd = HEADER_BYTES + bytes.readUInt32BE(56);
  const tagsEnd = keyEnd + bytes.readUInt32BE(60);
  const etagEnd = tagsEnd + ETAG_CHARS;
  if (etagEnd > bytes.length) return { damaged: 'shorter than it says' };
  if (bytes.toString('utf8', HEADER_BYTES, keyEnd) !== key) return { damaged: 'entry of another key' };
  const tags = parseTags(bytes.toString('utf8', keyEnd, tagsEnd));
  if (!tags) return { damaged: 'tags are not a list of texts' };
  return {
    epoch: bytes.readDoubleBE(8),
    asOf: bytes.readDoubleBE(16),
    loadedAt: bytes.readDoubleBE(24),
    freshUntil: bytes.readDoubleBE(32),
    staleUntil: bytes.readDoubleBE(40),
    loadMs: bytes.readDoubleBE(48),
    tags,
    etag: bytes.toString('latin1', tagsEnd, etagEnd),
    body: bytes.subarray(etagEnd),
  };
}

function parseTags(text: string): string[] | null {
  if (text === '') return [];
  try {
    const tags: unknown = JSON.parse(text);
    return Array.isArray(tags) && tags.every((tag) => typeof tag === 'string') ? tags : null;
  } catch {
    return null;
  }
}
