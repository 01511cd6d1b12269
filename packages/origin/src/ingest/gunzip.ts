import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { DamagedGzip, GzipRatioTooHigh, GzipTooLarge } from './errors.ts';
import { MAX_GZIP_RATIO, MIN_RATIO_BYTES, PIECE_BYTES } from './limits.ts';

/** Returns whether a file begins with the gzip magic number (RFC 1952): ID1, ID2 and the only defined method. */
export function isGzip(head: Buffer): boolean {
  return head.length >= 3 && head[0] === 0x1f && head[1] === 0x8b && head[2] === 8;
}

/**
 * Unpacks gzip data of one or more members. Passes errors of `source` through; throws `DamagedGzip`, `GzipRatioTooHigh`
 * or `GzipTooLarge` for faults of the data.
 */
export async function* gunzip(source: AsyncIterable<Buffer>, maxUnpackedBytes: number): AsyncGenerator<Buffer> {
  const unpacker = createGunzip({ chunkSize: PIECE_BYTES });
  // An error on either side destroys both streams, so the loop below throws it; an early `return` closes the source.
  pipeline(Readable.from(source), unpacker, () => undefined);
  let unpackedBytes = 0;
  try {
    for await (const chunk of unpacker as AsyncIterable<Buffer>) {
      unpackedBytes += chunk.length;
      const compressedBytes = unpacker.bytesWritten;
      if (unpackedBytes > Math.max(MIN_RATIO_BYTES, compressedBytes * MAX_GZIP_RATIO)) {
        throw new GzipRatioTooHigh(compressedBytes, MAX_GZIP_RATIO);
      }
      if (unpackedBytes > maxUnpackedBytes) throw new GzipTooLarge(maxUnpackedBytes);
      yield chunk;
    }
  } catch (error) {
    if (isZlibError(error)) throw new DamagedGzip(unpackedBytes, error);
    throw error;
  }
}

function isZlibError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('Z_');
}
