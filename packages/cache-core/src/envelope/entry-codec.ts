import type { Entry } from '../entry.ts';
import { type CodecOptions, type CodecSettings, resolveCodecOptions } from './codec-options.ts';
import { CODEC_TAGS, type Codec, codecOfTag, compress, decompress, isTooLarge } from './compression.ts';
import { ENCRYPTION_BYTES, Keyring } from './encryption.ts';
import {
  clearPart,
  entryOf,
  type Outline,
  outlineOf,
  type Parts,
  partsOf,
  plainBytesOf,
  storedBodyOf,
  withChecksum,
} from './envelope.ts';
import { type Rejected, rejected } from './rejected.ts';

const NO_KEY = Buffer.alloc(0);
/** A compressed body that is larger than this share of it is stored as it was: each reader would pay for next to nothing. */
const WORTH_DECODING = 0.9;

/** Entries to bytes for a shared tier, and back. Bytes from there are untrusted: whatever they are, `decode` says so and never throws. */
export class EntryCodec {
  readonly #settings: CodecSettings;
  readonly #keyring: Keyring | null;

  constructor(options: CodecOptions = {}) {
    this.#settings = resolveCodecOptions(options);
    this.#keyring = options.encryption ? new Keyring(options.encryption) : null;
  }

  /** Whether the entry is no larger than the ceiling. */
  fits(key: string, entry: Entry): boolean {
    return plainBytesOf(partsOf(key, entry)) <= this.#settings.maxEntryBytes;
  }

  /** Null when the entry is larger than the ceiling. */
  async encode(key: string, entry: Entry): Promise<Buffer | null> {
    const parts = partsOf(key, entry);
    if (plainBytesOf(parts) > this.#settings.maxEntryBytes) return null;
    const { codec, body } = await this.#smaller(parts);
    const clear = clearPart(parts, entry, CODEC_TAGS[codec], this.#keyring?.currentId ?? NO_KEY);
    const payload = [parts.tags, parts.scope, parts.etag, body];
    return withChecksum([clear, ...(this.#keyring ? this.#keyring.seal(clear, payload) : payload)]);
  }

  /** A promise only for a large compressed body; it never rejects. */
  decode(key: string, bytes: Buffer): Entry | Rejected | Promise<Entry | Rejected> {
    const outline = outlineOf(key, bytes, this.#settings.maxEntryBytes, ENCRYPTION_BYTES);
    if ('rejected' in outline) return outline;
    const payload = this.#open(bytes, outline);
    if ('rejected' in payload) return payload;
    const stored = storedBodyOf(bytes, payload);
    if (!stored) return rejected('damaged', 'shorter than it says');
    const codec = codecOfTag(outline.codecTag);
    if (codec === undefined) return rejected('foreign', `compressed by an unknown codec, tag ${outline.codecTag}`);
    if (codec === 'none') return bodyFits(stored, outline) ?? entryOf(bytes, payload, stored);
    return decompressed(codec, stored, outline, (body) => entryOf(bytes, payload, body));
  }

  async #smaller({ body }: Parts): Promise<{ codec: Codec; body: Buffer }> {
    const { compression, compressAboveBytes } = this.#settings;
    if (compression === 'none' || body.length <= compressAboveBytes) return { codec: 'none', body };
    const compressed = await compress(compression, body);
    const isWorthIt = compressed.length <= body.length * WORTH_DECODING;
    return isWorthIt ? { codec: compression, body: compressed } : { codec: 'none', body };
  }

  /** Tags, scope, etag and stored body. Plain bytes are refused where there are keys: anybody can write those. */
  #open(bytes: Buffer, { keyId, clearBytes }: Outline): Buffer | Rejected {
    const sealed = bytes.subarray(clearBytes, bytes.length - 4);
    if (keyId === '') return this.#keyring ? rejected('foreign', 'not encrypted, as it is to be here') : sealed;
    if (!this.#keyring?.has(keyId))
      return rejected('undecryptable', `encrypted with a key that is not here: ${JSON.stringify(keyId)}`);
    const opened = this.#keyring.open(keyId, bytes.subarray(0, clearBytes), sealed);
    return (
      opened ?? rejected('undecryptable', `not what the key ${JSON.stringify(keyId)} of this process has encrypted`)
    );
  }
}

const bodyFits = (body: Buffer, { bodyBytes }: Outline): Rejected | null =>
  body.length === bodyBytes ? null : rejected('damaged', 'its body is not as long as it says');

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
  if (isTooLarge(error)) return rejected('oversized', 'larger than it says once decompressed');
  return rejected('damaged', `not to be decompressed: ${error instanceof Error ? error.message : String(error)}`);
}
