import { promisify } from 'node:util';
import * as zlib from 'node:zlib';

/** How a body is stored. `deflate` is raw (RFC 1951), without its own checksum: the envelope has one. */
export type Codec = 'zstd' | 'brotli' | 'deflate' | 'none';
type Compression = Exclude<Codec, 'none'>;

/** The tag of each codec in an envelope. Invariant: a tag is never reused for another codec. */
export const CODEC_TAGS = { none: 0, deflate: 1, zstd: 2, brotli: 3 } as const satisfies Record<Codec, number>;

const CODECS: readonly Codec[] = ['none', 'deflate', 'zstd', 'brotli'];

export const codecOfTag = (tag: number): Codec | undefined => CODECS[tag];

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
const deflateOptions = { level: 3 };
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
const inflateRaw = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflateRaw);
const zstdDecompress = promisify<Buffer, zlib.ZstdOptions, Buffer>(zlib.zstdDecompress);
const brotliDecompress = promisify<Buffer, zlib.BrotliOptions, Buffer>(zlib.brotliDecompress);

/** Returns a promise only for a large body. */
export function compress(compression: Compression, body: Buffer): Buffer | Promise<Buffer> {
  const isNow = body.length < ASYNC_ENCODE_FROM_BYTES;
  switch (compression) {
    case 'deflate':
      return isNow ? zlib.deflateRawSync(body, deflateOptions) : deflateRaw(body, deflateOptions);
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

export const isTooLarge = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
