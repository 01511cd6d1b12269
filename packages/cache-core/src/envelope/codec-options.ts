import { InvalidArgument } from '../model/errors.ts';
import { assertKnownOptions } from '../model/known-options.ts';
import type { Codec } from './compression.ts';
import type { EncryptionOptions } from './encryption.ts';

/** How entries are stored in the shared tier. Entries in memory are neither compressed nor encrypted. */
export interface CodecOptions {
  /** Compresses bodies of more bytes than this. Defaults to 4,096. */
  readonly compressAboveBytes?: number;
  /** The codec for new entries; entries of every codec are readable. Defaults to `gzip`. */
  readonly compression?: Codec;
  /** AES-256-GCM. Defaults to none. With keys, this process rejects entries that are not encrypted. */
  readonly encryption?: EncryptionOptions;
  /**
   * The largest entry in a shared tier, before compression and encryption: body, tags, scope, key and about 80 bytes.
   * Larger entries are neither stored nor read. Defaults to 8 MiB.
   */
  readonly maxEntryBytes?: number;
}

export type CodecSettings = Required<Omit<CodecOptions, 'encryption'>>;

const MIN_CEILING_BYTES = 1_024;
const MAX_CEILING_BYTES = 256 * 1_048_576;
const COMPRESSIONS = ['gzip', 'deflate', 'zstd', 'brotli', 'none'] as const satisfies Codec[];

export function resolveCodecOptions(options: CodecOptions): CodecSettings {
  assertKnownOptions('envelope', options, ['compressAboveBytes', 'compression', 'encryption', 'maxEntryBytes']);
  const { compressAboveBytes = 4_096, compression = 'gzip', maxEntryBytes = 8 * 1_048_576 } = options;
  if (!Number.isSafeInteger(compressAboveBytes) || compressAboveBytes < 0)
    throw new InvalidArgument(
      'compressAboveBytes',
      'a whole number of bytes, 0 or more',
      compressAboveBytes,
      "to compress nothing, set compression to 'none'",
    );
  if (!COMPRESSIONS.includes(compression))
    throw new InvalidArgument('compression', `one of ${COMPRESSIONS.join(', ')}`, compression);
  if (!Number.isSafeInteger(maxEntryBytes) || maxEntryBytes < MIN_CEILING_BYTES || maxEntryBytes > MAX_CEILING_BYTES)
    throw new InvalidArgument(
      'maxEntryBytes',
      `a whole number of bytes from ${MIN_CEILING_BYTES} to ${MAX_CEILING_BYTES}`,
      maxEntryBytes,
    );
  return { compressAboveBytes, compression, maxEntryBytes };
}
