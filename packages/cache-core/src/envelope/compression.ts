import { promisify } from 'node:util';
import * as zlib from 'node:zlib';

/** How a body is stored. `deflate` is raw (RFC 1951), without a checksum of its own: the envelope has one. */
export type Codec = 'zstd' | 'brotli' | 'deflate' | 'none';
type Compression = Exclude<Codec, 'none'>;

/** What an envelope names its codec by. Invariant: a tag is never given to another codec. */
export const CODEC_TAGS = { none: 0, deflate: 1, zstd: 2, brotli: 3 } as const satisfies Record<Codec, number>;

const CODECS: readonly Codec[] = ['none', 'deflate', 'zstd', 'brotli'];

export const codecOfTag = (tag: number): Codec | undefined => CODECS[tag];

/**
 * From here on zlib's threads do it. Handing over costs the event loop some 50 µs by itself; below, doing it right away
 * holds it up for less (docs/decisions/0009).
 */
const ASYNC_ENCODE_FROM_BYTES = 32_768;
const ASYNC_DECODE_FROM_BYTES = 131_072;
/** A zstd frame may ask for up to 8 MiB of window, what every decoder is to take by RFC 9659, whatever its body's size. */
const ZSTD_LARGEST_WINDOW_LOG = 23;

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

/** A promise only for a large body. */
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
 * The decoded body, at most `bodyBytes` long; no more memory than that is taken for it. A promise only for a large one.
 * Throws or rejects with the codec's error; `isTooLarge` tells one of a body that is larger than it says.
 */
export function decompress(compression: Compression, stored: Buffer, bodyBytes: number): Buffer | Promise<Buffer> {
  // One piece of memory that all of it fits into exactly: nothing is copied together, and a tier can keep it as it is.
  const options = { maxOutputLength: Math.max(1, bodyBytes), chunkSize: Math.max(64, bodyBytes) };
  const isNow = bodyBytes < ASYNC_DECODE_FROM_BYTES;
  switch (compression) {
    case 'deflate':
      return isNow ? zlib.inflateRawSync(stored, options) : inflateRaw(stored, options);
    case 'zstd': {
      const bounded = { ...options, params: { [constants.ZSTD_d_windowLogMax]: ZSTD_LARGEST_WINDOW_LOG } };
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
