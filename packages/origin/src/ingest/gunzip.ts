import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { DamagedGzip, GzipTooLarge } from './errors.ts';
import { GUNZIP_LIMITS, type GunzipLimits, PIECE_BYTES } from './limits.ts';

/** Gzip by its magic number (RFC 1952): ID1, ID2 and the only method there is. */
export function isGzip(head: Buffer): boolean {
  return head.length >= 3 && head[0] === 0x1f && head[1] === 0x8b && head[2] === 8;
}

/**
 * Unpacks gzip, one member after the other. Errors of `source` pass through as they are; `DamagedGzip` and
 * `GzipTooLarge` tell of the data.
 */
export async function* gunzip(
  source: AsyncIterable<Buffer>,
  limits: GunzipLimits = GUNZIP_LIMITS,
): AsyncGenerator<Buffer> {
  const unpacker = createGunzip({ chunkSize: PIECE_BYTES });
  // An error on either side destroys both, so the loop below throws it; an early `return` closes the source.
  pipeline(Readable.from(source), unpacker, () => undefined);
  let unpackedBytes = 0;
  try {
    for await (const chunk of unpacker as AsyncIterable<Buffer>) {
      unpackedBytes += chunk.length;
      const limitBytes = allowedBytes(unpacker.bytesWritten, limits);
      if (unpackedBytes > limitBytes) throw new GzipTooLarge(unpacker.bytesWritten, limitBytes);
      yield chunk;
    }
  } catch (error) {
    if (isZlibError(error)) throw new DamagedGzip(unpackedBytes, error);
    throw error;
  }
}

function allowedBytes(compressedBytes: number, limits: GunzipLimits): number {
  return Math.min(limits.largestBytes, Math.max(limits.freeBytes, compressedBytes * limits.largestRatio));
}

function isZlibError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('Z_');
}
