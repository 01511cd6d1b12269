import { pipeline, Readable } from 'node:stream';
import { constants, createGunzip, createZstdDecompress, type Gunzip, type ZstdDecompress } from 'node:zlib';
import { DamagedData, RatioTooHigh, UnpacksToTooMuch, ZstdFault } from '../errors.ts';
import { MAX_UNPACK_RATIO, MAX_ZSTD_WINDOW_LOG, MIN_RATIO_BYTES, PIECE_BYTES } from '../limits.ts';
import type { ByteSource } from './peek.ts';
import { isZstd, ZstdFrames } from './zstd-frames.ts';

export type Compression = 'gzip' | 'zstd';

/** Returns how a file is compressed, by its first bytes; null if it is not compressed in a way that is unpacked here. */
export function compressionOf(head: Buffer): Compression | null {
  if (isGzip(head)) return 'gzip';
  return isZstd(head) ? 'zstd' : null;
}

/** Returns whether data begins with the gzip magic number (RFC 1952): ID1, ID2 and the only defined method. */
export function isGzip(head: Buffer): boolean {
  return head.length >= 3 && head[0] === 0x1f && head[1] === 0x8b && head[2] === 8;
}

/**
 * Unpacks gzip data of one or more members, or zstd data of one or more frames. Passes errors of `source` through; throws
 * `DamagedData`, `ZstdFault`, `RatioTooHigh` or `UnpacksToTooMuch` for faults of the data.
 */
export async function* decompress(
  source: ByteSource,
  compression: Compression,
  maxUnpackedBytes: number,
): AsyncGenerator<Buffer> {
  const unpacker = unpackerOf(compression);
  // An error on either side destroys both streams, so the loop below throws it; an early `return` closes the source.
  pipeline(Readable.from(compression === 'zstd' ? checked(source) : source), unpacker, () => undefined);
  let unpackedBytes = 0;
  try {
    for await (const chunk of unpacker as AsyncIterable<Buffer>) {
      unpackedBytes += chunk.length;
      const compressedBytes = unpacker.bytesWritten;
      if (unpackedBytes > Math.max(MIN_RATIO_BYTES, compressedBytes * MAX_UNPACK_RATIO)) {
        throw new RatioTooHigh(compression, compressedBytes, MAX_UNPACK_RATIO);
      }
      if (unpackedBytes > maxUnpackedBytes) throw new UnpacksToTooMuch(compression, maxUnpackedBytes);
      yield chunk;
    }
  } catch (error) {
    if (isZlibError(error)) throw new DamagedData(compression, unpackedBytes, error);
    throw error;
  }
}

function unpackerOf(compression: Compression): Gunzip | ZstdDecompress {
  if (compression === 'gzip') return createGunzip({ chunkSize: PIECE_BYTES });
  const params = { [constants.ZSTD_d_windowLogMax]: MAX_ZSTD_WINDOW_LOG };
  return createZstdDecompress({ chunkSize: PIECE_BYTES, params });
}

async function* checked(source: ByteSource): AsyncGenerator<Buffer> {
  const frames = new ZstdFrames(2 ** MAX_ZSTD_WINDOW_LOG, (fault) => new ZstdFault(fault));
  for await (const chunk of source) {
    frames.write(chunk);
    yield chunk;
  }
  frames.end();
}

const ZLIB_CODES = /^(?:Z_|ZSTD_error_)/;

function isZlibError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && ZLIB_CODES.test(error.code);
}
