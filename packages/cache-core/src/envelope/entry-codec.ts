import type { Entry } from '../model/entry.ts';
import { type CodecOptions, type CodecSettings, resolveCodecOptions } from './codec-options.ts';
import { CODEC_TAGS, type Codec, codecOfTag, compress, decompress, encodingOf, isTooLarge } from './compression.ts';
import { ENCRYPTION_BYTES, Keyring } from './encryption.ts';
import {
  CRC_BYTES,
  clearPart,
  type EnvelopeParts,
  entryOf,
  type Outline,
  outlineOf,
  type Payload,
  partsOf,
  plainBytesOf,
  storedBodyOf,
  withChecksum,
} from './envelope.ts';
import { type Rejected, rejected } from './rejected.ts';

const NO_KEY = Buffer.alloc(0);
/**
 * A compressed body that is larger than this share of the body is stored uncompressed: each reader would decompress for
 * little gain.
 */
const WORTH_DECODING = 0.9;

/**
 * Encodes entries as bytes for a shared tier, and decodes them. Bytes from there are untrusted: for invalid bytes
 * `decode` returns a reason and never throws.
 */
export class EntryCodec {
  readonly #settings: CodecSettings;
  readonly #keyring: Keyring | null;

  constructor(options: CodecOptions = {}) {
    this.#settings = resolveCodecOptions(options);
    this.#keyring = options.encryption ? new Keyring(options.encryption) : null;
  }

  /** Returns true if the entry is not larger than the ceiling. */
  fits(key: string, entry: Entry): boolean {
    return plainBytesOf(partsOf(key, entry)) <= this.#settings.maxEntryBytes;
  }

  /** Returns null if the entry is larger than the ceiling. */
  async encode(key: string, entry: Entry): Promise<Buffer | null> {
    const parts = partsOf(key, entry);
    if (plainBytesOf(parts) > this.#settings.maxEntryBytes) return null;
    const { codec, body } = await this.#smaller(parts);
    const clear = clearPart(parts, entry, CODEC_TAGS[codec], this.#keyring?.currentId ?? NO_KEY);
    const payload = [parts.tags, parts.scope, parts.etag, body];
    return withChecksum([clear, ...(this.#keyring ? this.#keyring.seal(clear, payload) : payload)]);
  }

  /** Returns a promise only for a large compressed body; it never rejects. */
  decode(key: string, bytes: Buffer): Entry | Rejected | Promise<Entry | Rejected> {
    const outline = outlineOf(key, bytes, this.#settings.maxEntryBytes, ENCRYPTION_BYTES);
    if ('rejected' in outline) return outline;
    const payload = this.#open(bytes, outline);
    if ('rejected' in payload) return payload;
    const stored = storedBodyOf(bytes, payload);
    if (!stored) return rejected('damaged', 'shorter than its header says');
    const codec = codecOfTag(outline.codecTag);
    if (codec === undefined) return rejected('foreign', `compressed by an unknown codec, tag ${outline.codecTag}`);
    if (codec === 'none') return bodyFits(stored, outline) ?? entryOf(bytes, payload, stored);
    const encoding = encodingOf(codec);
    return decompressed(codec, stored, outline, (body) => {
      const entry = entryOf(bytes, payload, body);
      return encoding === null || 'rejected' in entry ? entry : { ...entry, encoded: { encoding, bytes: stored } };
    });
  }

  async #smaller({ body }: EnvelopeParts): Promise<{ codec: Codec; body: Buffer }> {
    const { compression, compressAboveBytes } = this.#settings;
    if (compression === 'none' || body.length <= compressAboveBytes) return { codec: 'none', body };
    const compressed = await compress(compression, body);
    const isWorthIt = compressed.length <= body.length * WORTH_DECODING;
    return isWorthIt ? { codec: compression, body: compressed } : { codec: 'none', body };
  }

  /**
   * Locates tags, scope, etag and stored body, decrypted if necessary. With keys, it rejects plain bytes, because any writer can make
   * those.
   */
  #open(bytes: Buffer, { keyId, clearBytes }: Outline): Payload | Rejected {
    const end = bytes.length - CRC_BYTES;
    if (keyId === '')
      return this.#keyring
        ? rejected('foreign', 'not encrypted, although this process requires encryption')
        : { bytes, start: clearBytes, end };
    if (!this.#keyring?.has(keyId))
      return rejected(
        'undecryptable',
        `encrypted with a key that this process does not have: ${JSON.stringify(keyId)}`,
      );
    const opened = this.#keyring.open(keyId, bytes.subarray(0, clearBytes), bytes.subarray(clearBytes, end));
    return opened
      ? { bytes: opened, start: 0, end: opened.length }
      : rejected('undecryptable', `not encrypted with the key ${JSON.stringify(keyId)} of this process`);
  }
}

const bodyFits = (body: Buffer, { bodyBytes }: Outline): Rejected | null =>
  body.length === bodyBytes ? null : rejected('damaged', 'an envelope whose body differs in length from its header');

function decompressed(
  codec: Exclude<Codec, 'none'>,
  stored: Buffer,
  outline: Outline,
  entryWith: (body: Buffer) => Entry | Rejected,
): Entry | Rejected | Promise<Entry | Rejected> {
  const finish = (body: Buffer) => bodyFits(body, outline) ?? entryWith(body);
  let body: ReturnType<typeof decompress>;
  try {
    body = decompress(codec, stored, outline.bodyBytes);
  } catch (error) {
    return refuse(error);
  }
  return body instanceof Promise ? body.then(finish, refuse) : finish(body);
}

function refuse(error: unknown): Rejected {
  if (isTooLarge(error)) return rejected('oversized', 'larger than its header says once decompressed');
  return rejected('damaged', `impossible to decompress: ${error instanceof Error ? error.message : String(error)}`);
}
