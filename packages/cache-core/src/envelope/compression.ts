import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { type Encoding, GZIP_OPTIONS } from '../model/variant.ts';

/** How a body is stored. `gzip` can be sent as it is stored. `deflate` is raw (RFC 1951), which HTTP has no name for. */
export type Codec = 'gzip' | 'zstd' | 'brotli' | 'deflate' | 'none';
type Compression = Exclude<Codec, 'none'>;

/** The tag of each codec in an envelope. Invariant: a tag is never reused for another codec. */
export const CODEC_TAGS = { none: 0, deflate: 1, zstd: 2, brotli: 3, gzip: 4 } as const satisfies Record<Codec, number>;

const CODECS: readonly Codec[] = ['none', 'deflate', 'zstd', 'brotli', 'gzip'];

export const codecOfTag = (tag: number): Codec | undefined => CODECS[tag];

/**
 * Returns the content coding that a stored body is sent in as it is, or null. Only gzip: a form of zstd or brotli that memory makes is
 * compressed harder, and one strong entity tag cannot name both.
 */
export const encodingOf = (codec: Codec): Encoding | null => (codec === 'gzip' ? 'gzip' : null);

/** A gzip member (RFC 1952) as zlib writes it: a header without optional fields, raw deflate, CRC-32 and length. */
const GZIP_HEADER_BYTES = 10;
const GZIP_TRAILER_BYTES = 8;
/** The identification, the method and the flags of such a header. */
const GZIP_START = Buffer.from([0x1f, 0x8b, 8, 0]);

/**
 * Larger bodies go to zlib's threads. Handing one over costs the event loop about 50 µs; smaller bodies block it for less
 * when compressed in place (docs/decisions/0009).
 */
const ASYNC_ENCODE_FROM_BYTES = 32_768;
const ASYNC_DECODE_FROM_BYTES = 131_072;
/**
 * A zstd frame may require up to 8 MiB of window, which RFC 9659 asks every decoder to accept, whatever the size of its
 * body.
 */
const ZSTD_MAX_WINDOW_LOG = 23;

const { constants } = zlib;
const zstdOptions = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
const brotliOptions = (bytes: number) => ({
  params: {
    [constants.BROTLI_PARAM_QUALITY]: 1,
    [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes,
  },
});

const deflateRaw = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.deflateRaw);
const zstdCompress = promisify<Buffer, zlib.ZstdOptions, Buffer>(zlib.zstdCompress);
const brotliCompress = promisify<Buffer, zlib.BrotliOptions, Buffer>(zlib.brotliCompress);
const gzip = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.gzip);
const inflateRaw = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflateRaw);
const zstdDecompress = promisify<Buffer, zlib.ZstdOptions, Buffer>(zlib.zstdDecompress);
const brotliDecompress = promisify<Buffer, zlib.BrotliOptions, Buffer>(zlib.brotliDecompress);

/** Returns a promise only for a large body. */
export function compress(compression: Compression, body: Buffer): Buffer | Promise<Buffer> {
  const isNow = body.length < ASYNC_ENCODE_FROM_BYTES;
  switch (compression) {
    case 'gzip':
      return isNow ? zlib.gzipSync(body, GZIP_OPTIONS) : gzip(body, GZIP_OPTIONS);
    case 'deflate':
      return isNow ? zlib.deflateRawSync(body, GZIP_OPTIONS) : deflateRaw(body, GZIP_OPTIONS);
    case 'zstd':
      return isNow ? zlib.zstdCompressSync(body, zstdOptions) : zstdCompress(body, zstdOptions);
    case 'brotli': {
      const options = brotliOptions(body.length);
      return isNow ? zlib.brotliCompressSync(body, options) : brotliCompress(body, options);
    }
    default:
      return compression satisfies never;
  }
}

/**
 * Returns the decoded body, which uses at most `bodyBytes` of memory; a promise only for a large one. Throws or rejects
 * with the codec's error; `isTooLarge` recognizes the error of a body that is larger than `bodyBytes`.
 */
export function decompress(compression: Compression, stored: Buffer, bodyBytes: number): Buffer | Promise<Buffer> {
  // One buffer of exactly the right size: it needs no copying, and a tier can store it as it is.
  const options = { maxOutputLength: Math.max(1, bodyBytes), chunkSize: Math.max(64, bodyBytes) };
  const isNow = bodyBytes < ASYNC_DECODE_FROM_BYTES;
  switch (compression) {
    case 'gzip':
      return decompress('deflate', deflateOf(stored), bodyBytes);
    case 'deflate':
      return isNow ? zlib.inflateRawSync(stored, options) : inflateRaw(stored, options);
    case 'zstd': {
      const bounded = { ...options, params: { [constants.ZSTD_d_windowLogMax]: ZSTD_MAX_WINDOW_LOG } };
      return isNow ? zlib.zstdDecompressSync(stored, bounded) : zstdDecompress(stored, bounded);
    }
    case 'brotli':
      return isNow ? zlib.brotliDecompressSync(stored, options) : brotliDecompress(stored, options);
    default:
      return compression satisfies never;
  }
}

/** Returns the deflated part of a gzip member. The envelope has a checksum, so the one of gzip is not checked. */
function deflateOf(stored: Buffer): Buffer {
  if (stored.length < GZIP_HEADER_BYTES + GZIP_TRAILER_BYTES || GZIP_START.compare(stored, 0, GZIP_START.length) !== 0)
    throw new Error('expected a gzip member with a header of 10 bytes');
  return stored.subarray(GZIP_HEADER_BYTES, -GZIP_TRAILER_BYTES);
}

export const isTooLarge = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
