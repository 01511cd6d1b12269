import { promisify } from 'node:util';
import { brotliCompress, constants, gzip, type ZlibOptions, zstdCompress } from 'node:zlib';

/** A content coding of HTTP, as in `Accept-Encoding`. */
export type Encoding = 'zstd' | 'br' | 'gzip';

/**
 * The settings of each gzip form, stored or made here: its strong entity tag names the same bytes in every process, wherever it got
 * the entry from. Level 3: see docs/decisions/0009.
 */
export const GZIP_OPTIONS = { level: 3 };

const zstdOf = promisify(zstdCompress);
const brotliOf = promisify(brotliCompress);
const gzipOf = promisify<Buffer, ZlibOptions, Buffer>(gzip);

/** Returns the bytes in this encoding, compressed on zlib's threads. */
export async function compressed(body: Buffer, encoding: Encoding): Promise<Buffer> {
  return ownMemory(await compress(body, encoding));
}

function compress(body: Buffer, encoding: Encoding): Promise<Buffer> {
  switch (encoding) {
    case 'zstd':
      return zstdOf(body);
    case 'br':
      return brotliOf(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });
    case 'gzip':
      return gzipOf(body, GZIP_OPTIONS);
  }
}

/** Returns a copy in its own memory: a slice would retain the whole chunk that it was received in. */
export function ownMemory(bytes: Buffer): Buffer {
  if (bytes.buffer.byteLength === bytes.length) return bytes;
  const own = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(own);
  return own;
}
