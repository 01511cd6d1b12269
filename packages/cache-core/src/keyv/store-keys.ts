import { hash } from 'node:crypto';
import { type CacheKey, keyIfUsable, parseKey } from '../model/key.ts';

/** Namespaces that are used as they are between two colons; no prefix of one is another namespace's. */
const PLAIN = /^[A-Za-z0-9_.-]{1,100}$/;
/** Begins the encoded form of a namespace or key, and no plain one. */
const MARK = '#';

/**
 * Maps Keyv's keys to keys of the cache: `{prefix}:{namespace}:{key}`, with `#` for no namespace. A namespace or key that cannot be
 * used as it is, because it is too long or has control characters, becomes `#` and its SHA-256. So two keys of Keyv are never one
 * in the cache, and a namespace is one prefix.
 */
export class StoreKeys {
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  keyOf(namespace: string | undefined, key: string): CacheKey {
    const place = this.placeOf(namespace);
    return (key.startsWith(MARK) ? null : keyIfUsable(`${place}:${key}`)) ?? parseKey(`${place}:${MARK}${digest(key)}`);
  }

  /** Returns the prefix of a namespace's keys; without a namespace, of the keys that have none. */
  placeOf(namespace: string | undefined): string {
    if (!namespace) return `${this.#prefix}:${MARK}`;
    return `${this.#prefix}:${PLAIN.test(namespace) ? namespace : `${MARK}${digest(namespace)}`}`;
  }

  /** Returns the prefix to clear for a namespace; without one, the prefix of all keys. */
  clearedWith(namespace: string | undefined): string {
    return namespace ? this.placeOf(namespace) : this.#prefix;
  }
}

/** Hashes UTF-16, where halves of surrogate pairs differ; UTF-8 has one replacement character for all of them. */
function digest(text: string): string {
  return hash('sha256', Buffer.from(text, 'utf16le'), 'base64url');
}
