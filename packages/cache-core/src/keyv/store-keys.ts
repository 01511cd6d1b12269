import { hash } from 'node:crypto';
import { type CacheKey, keyIfUsable, parseKey } from '../key.ts';

/** What can stand for itself between two colons; no prefix of it is another namespace's. */
const PLAIN = /^[A-Za-z0-9_.-]{1,100}$/;
/** Begins what stands for something else, and nothing that stands for itself. */
const MARK = '#';

/**
 * Where Keyv's keys are in the cache: `{prefix}:{namespace}:{key}`, `#` for no namespace. A namespace or key that can't
 * stand there as it is, too long or with control characters, is `#` and its SHA-256. So two keys are never one in the
 * cache, and a namespace is one prefix.
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

  /** The prefix of a namespace's keys; without a namespace, of the keys that have none. */
  placeOf(namespace: string | undefined): string {
    if (!namespace) return `${this.#prefix}:${MARK}`;
    return `${this.#prefix}:${PLAIN.test(namespace) ? namespace : `${MARK}${digest(namespace)}`}`;
  }

  /** The prefix of what is cleared with a namespace; without one, of all keys. */
  clearedWith(namespace: string | undefined): string {
    return namespace ? this.placeOf(namespace) : this.#prefix;
  }
}

/** Over UTF-16, where halves of surrogate pairs are told apart; UTF-8 has one character for all of them. */
function digest(text: string): string {
  return hash('sha256', Buffer.from(text, 'utf16le'), 'base64url');
}
