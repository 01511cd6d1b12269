import type { ZstdFaultKind } from '../errors.ts';

const MAGIC = 0xfd2fb528;
/** Skippable frames have any of 16 magic numbers, and are not part of the data. */
const SKIPPABLE_MAGIC = 0x184d2a50;
/** Maximum size of a block's content (RFC 8878, section 3.1.1.2.4). */
const MAX_BLOCK_BYTES = 128 * 1024;
const MAX_HEADER_BYTES = 18;

/** Returns whether data begins with a frame or a skippable frame of zstd (RFC 8878, section 3.1). */
export function isZstd(head: Buffer): boolean {
  return head.length >= 4 && isMagic(head.readUInt32LE(0));
}

function isMagic(magic: number): boolean {
  return magic === MAGIC || (magic & ~0xf) === SKIPPABLE_MAGIC;
}

/**
 * Follows the frames of zstd data from header to header, so that a window beyond the limit is refused before memory is
 * taken for it, and an end inside of a frame or other data after the last frame is noticed: `node:zlib` ignores the latter.
 */
export class ZstdFrames {
  readonly #maxWindowBytes: number;
  readonly #fail: (fault: ZstdFaultKind) => Error;
  /** Bytes of a header that is not complete. */
  #header: Buffer = Buffer.alloc(0);
  /** Bytes of content to skip before the next header. */
  #skip = 0;
  #expects: 'frame' | 'block' = 'frame';
  #hasChecksum = false;

  /** @param fail makes the error to throw */
  constructor(maxWindowBytes: number, fail: (fault: ZstdFaultKind) => Error) {
    this.#maxWindowBytes = maxWindowBytes;
    this.#fail = fail;
  }

  /** Throws if the data is not zstd. */
  write(chunk: Buffer): void {
    let bytes = this.#header.length === 0 ? chunk : Buffer.concat([this.#header, chunk]);
    for (;;) {
      const skipped = Math.min(this.#skip, bytes.length);
      this.#skip -= skipped;
      bytes = bytes.subarray(skipped);
      const length = bytes.length === 0 || this.#skip > 0 ? 0 : this.#readHeader(bytes);
      if (length === 0) break;
      bytes = bytes.subarray(length);
    }
    this.#header = bytes;
  }

  /** Throws if the data ends inside of a frame. */
  end(): void {
    if (this.#expects === 'block' || this.#skip > 0 || this.#header.length > 0) throw this.#fail('truncated');
  }

  /** Returns the length of the header, or 0 if it is not complete. */
  #readHeader(bytes: Buffer): number {
    return this.#expects === 'frame' ? this.#readFrameHeader(bytes) : this.#readBlockHeader(bytes);
  }

  #readFrameHeader(bytes: Buffer): number {
    if (bytes.length < 5) return 0;
    const magic = bytes.readUInt32LE(0);
    if (!isMagic(magic)) throw this.#fail('trailing');
    if (magic !== MAGIC) {
      if (bytes.length < 8) return 0;
      this.#skip = bytes.readUInt32LE(4);
      return 8;
    }
    const header = frameHeader(bytes);
    if (header === null) return 0;
    if (header.windowBytes > this.#maxWindowBytes) throw this.#fail('window');
    this.#hasChecksum = header.hasChecksum;
    this.#expects = 'block';
    return header.length;
  }

  #readBlockHeader(bytes: Buffer): number {
    if (bytes.length < 3) return 0;
    const header = bytes.readUIntLE(0, 3);
    const isLast = (header & 1) === 1;
    const size = header >> 3;
    const type = (header >> 1) & 3;
    if (size > MAX_BLOCK_BYTES || type === 3) throw this.#fail('block');
    // A block of type 1 repeats one byte.
    this.#skip = (type === 1 ? 1 : size) + (isLast && this.#hasChecksum ? 4 : 0);
    if (isLast) this.#expects = 'frame';
    return 3;
  }
}

/** Reads a frame header (RFC 8878, section 3.1.1.1). Returns null if it is not complete. */
function frameHeader(bytes: Buffer): { length: number; windowBytes: number; hasChecksum: boolean } | null {
  const descriptor = bytes.readUInt8(4);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const sizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  const length = 5 + (isSingleSegment ? 0 : 1) + dictionaryBytes + sizeBytes;
  if (bytes.length < Math.min(length, MAX_HEADER_BYTES)) return null;
  const windowBytes = isSingleSegment
    ? contentBytes(bytes, length - sizeBytes, sizeBytes)
    : windowOf(bytes.readUInt8(5));
  return { length, windowBytes, hasChecksum: (descriptor & 4) !== 0 };
}

function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function contentBytes(bytes: Buffer, at: number, size: number): number {
  if (size === 8) return Number(bytes.readBigUInt64LE(at));
  const value = bytes.readUIntLE(at, size);
  return size === 2 ? value + 256 : value;
}
