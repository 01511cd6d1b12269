import { promisify } from 'node:util';
import * as zlib from 'node:zlib';

/** How a body is stored. `deflate` is raw, without a header of its own: the envelope has a checksum already. */
export type Codec = 'zstd' | 'brotli' | 'deflate' | 'none';

/** What an envelope names its codec by: never given to another one. */
export const CODEC_TAGS = { none: 0, deflate: 1, zstd: 2, brotli: 3 } as const satisfies Record<Codec, number>;

const CODECS: ReadonlyMap<number, Codec> = new Map(
  Object.entries(CODEC_TAGS).map(([codec, tag]) => [tag, codec as Codec]),
);

export const codecOfTag = (tag: number): Codec | undefined => CODECS.get(tag);

/** From here on zlib's threads do it: handing over costs less than what the event loop is held up for. */
const ASYNC_FROM_BYTES = 65_536;
/** A frame that asks for a larger window is refused: what a decoder must take, and all it may, by RFC 9659. */
const ZSTD_LARGEST_WINDOW_LOG = 23;

const { constants } = zlib;
const zstdLevel = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
const brotliLevel = (bytes: number) => ({
  params: {
    [constants.BROTLI_PARAM_QUALITY]: 1,
    [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes,
  },
});

const encoders = {
  zstd: {
    now: (body: Buffer) => zlib.zstdCompressSync(body, zstdLevel),
    later: promisify((body: Buffer, done: zlib.CompressCallback) => zlib.zstdCompress(body, zstdLevel, done)),
  },
  brotli: {
    now: (body: Buffer) => zlib.brotliCompressSync(body, brotliLevel(body.length)),
    later: promisify((body: Buffer, done: zlib.CompressCallback) =>
      zlib.brotliCompress(body, brotliLevel(body.length), done),
    ),
  },
  deflate: {
    now: (body: Buffer) => zlib.deflateRawSync(body, { level: 1 }),
    later: promisify((body: Buffer, done: zlib.CompressCallback) => zlib.deflateRaw(body, { level: 1 }, done)),
  },
};

export async function compress(codec: Exclude<Codec, 'none'>, body: Buffer): Promise<Buffer> {
  return body.length < ASYNC_FROM_BYTES ? encoders[codec].now(body) : encoders[codec].later(body);
}

/**
 * The decoded body, which must have exactly `bodyBytes`: never more memory than that is taken. A promise only when it is
 * large. Throws and rejects with the codec's error; `isTooLarge` tells a body larger than it says.
 */
export function decompress(codec: Exclude<Codec, 'none'>, stored: Buffer, bodyBytes: number): Buffer | Promise<Buffer> {
  // One piece of memory that all of it fits into, so that nothing is copied together afterwards.
  const options = { maxOutputLength: Math.max(1, bodyBytes), chunkSize: Math.max(64, bodyBytes) };
  const isNow = bodyBytes < ASYNC_FROM_BYTES;
  switch (codec) {
    case 'deflate':
      return isNow ? zlib.inflateRawSync(stored, options) : inflateRaw(stored, options);
    case 'brotli':
      return isNow ? zlib.brotliDecompressSync(stored, options) : brotliDecompress(stored, options);
    case 'zstd': {
      const params = { [constants.ZSTD_d_windowLogMax]: ZSTD_LARGEST_WINDOW_LOG };
      const bounded = { ...options, params };
      return isNow ? zlib.zstdDecompressSync(stored, bounded) : zstdDecompress(stored, bounded);
    }
    default:
      return codec satisfies never;
  }
}

const inflateRaw = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflateRaw);
const brotliDecompress = promisify<Buffer, zlib.BrotliOptions, Buffer>(zlib.brotliDecompress);
const zstdDecompress = promisify<Buffer, zlib.ZstdOptions, Buffer>(zlib.zstdDecompress);

export const isTooLarge = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
