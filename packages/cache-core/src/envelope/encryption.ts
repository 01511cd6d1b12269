import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { InvalidArgument } from '../model/errors.ts';
import { assertKnownOptions } from '../model/known-options.ts';

/**
 * AES-256-GCM keys (NIST SP 800-38D). The first one encrypts, all of them decrypt. To rotate: add the new key last in
 * every process, then move it to the front, and remove the old one once its entries have expired. Nonces are random, so a
 * key is safe for 2^32 entries: at 1,000 fills per second over all processes, 49 days.
 */
export interface EncryptionOptions {
  /** At least one; each needs its own id. */
  readonly keys: readonly EncryptionKey[];
}

/** One key, and the id that entries refer to it by. */
export interface EncryptionKey {
  /** The key's id, which each envelope contains unencrypted: 1 to 32 letters, digits, "_", "." or "-". */
  readonly id: string;
  /** 32 random bytes, or the same as base64 or hex text. */
  readonly key: Buffer | string;
}

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const ID = /^[A-Za-z0-9_.-]{1,32}$/;
/** The maximum number of bytes that encryption adds to an envelope. */
export const ENCRYPTION_BYTES = NONCE_BYTES + TAG_BYTES + 32;

/** Encrypts and decrypts payloads: nonce, ciphertext, tag. */
export class Keyring {
  readonly #keys: ReadonlyMap<string, KeyObject>;
  readonly #current: KeyObject;
  /** The id of the key that encrypts. */
  readonly currentId: Buffer;

  constructor(options: EncryptionOptions) {
    assertKnownOptions('envelope.encryption', options, ['keys']);
    const { keys } = options;
    if (!Array.isArray(keys)) throw new InvalidArgument('encryption.keys', 'a list of keys', keys);
    const [first] = keys;
    if (!first) throw new InvalidArgument('encryption.keys', 'at least one key', keys, 'leave encryption out for none');
    const ids = keys.map(({ id }) => checkedId(id));
    if (new Set(ids).size < ids.length)
      throw new InvalidArgument('encryption.keys', 'an id of its own for each key', ids.join(', '));
    this.#keys = new Map(keys.map(({ id, key }) => [id, toKeyObject(id, key)]));
    this.#current = toKeyObject(first.id, first.key);
    this.currentId = Buffer.from(first.id);
  }

  has(id: string): boolean {
    return this.#keys.has(id);
  }

  /**
   * Encrypts a payload. `clear` is authenticated but not encrypted: neither part can be changed or combined with another.
   */
  seal(clear: Buffer, pieces: readonly Buffer[]): Buffer[] {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#current, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(clear);
    const sealed = pieces.map((piece) => cipher.update(piece));
    sealed.push(cipher.final());
    return [nonce, ...sealed, cipher.getAuthTag()];
  }

  /** Returns null if this key did not encrypt these bytes. */
  open(id: string, clear: Buffer, sealed: Buffer): Buffer | null {
    const key = this.#keys.get(id);
    const end = sealed.length - TAG_BYTES;
    if (!key || end < NONCE_BYTES) return null;
    const nonce = sealed.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(clear);
    decipher.setAuthTag(sealed.subarray(end));
    const opened = decipher.update(sealed.subarray(NONCE_BYTES, end));
    try {
      decipher.final();
      return opened;
    } catch {
      return null;
    }
  }
}

function checkedId(id: string): string {
  if (typeof id !== 'string' || !ID.test(id))
    throw new InvalidArgument('the id of an encryption key', '1 to 32 letters, digits, "_", "." or "-"', id);
  return id;
}

function toKeyObject(id: string, key: Buffer | string): KeyObject {
  const bytes = typeof key === 'string' ? fromText(key) : key;
  if (Buffer.isBuffer(bytes) && bytes.length === KEY_BYTES) return createSecretKey(bytes);
  throw new InvalidArgument(
    `encryption key ${id}`,
    `${KEY_BYTES} bytes, or those as base64 or hex text`,
    described(key, bytes),
    "make one with crypto.randomBytes(32).toString('base64')",
  );
}

function fromText(text: string): Buffer | null {
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Buffer.from(text, 'hex');
  return /^[A-Za-z0-9+/_-]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : null;
}

/** Describes the given key without revealing it: it may be a key with a typing error. */
function described(key: unknown, bytes: unknown): string {
  if (Buffer.isBuffer(bytes)) return `${bytes.length} bytes`;
  if (typeof key === 'string') return `${key.length} characters that are neither`;
  return key === undefined || key === null ? 'nothing' : `a ${typeof key}`;
}
