import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { InvalidArgument } from './errors.ts';

/** `{prefix}:{name}:{fingerprint}`, with a version `{prefix}:{name}@{version}:{fingerprint}`; e.g. `stats:get_stats:5d8782ea43cb739f357f783bf8902624`. */
export type CacheKey = string & { readonly brand: 'CacheKey' };

/** What a key is made of. `params` is any JSON value; everything that the load may read belongs in it. */
export interface KeyParts {
  /** The family of answers, and what clears them: 1 to 100 letters, digits, `_`, `.` or `-`. */
  readonly prefix: string;
  /** What computes the answer: 1 to 100 of the same characters. */
  readonly name: string;
  /**
   * To be raised when the form of the value changes, so that two versions of a program that run side by side have keys of
   * their own. Default 0.
   */
  readonly version?: number;
  /** Any JSON value: everything that the load may read. Members in any order are the same key; so are undefined and absent ones. */
  readonly params: unknown;
}

/** The longest key that is accepted, in UTF-8 bytes. Built keys are far below; hand-written ones may not be. */
export const LONGEST_KEY_BYTES = 1_024;

/** Objects and lists inside each other. Deeper ones are refused before they exhaust the stack. */
const DEEPEST_PARAMS = 100;

const SEGMENT = /^[A-Za-z0-9_.-]{1,100}$/;

/** The key of these parts: equal input, equal key. Throws `InvalidArgument` naming the part, or the path in `params`, that can't be used. */
export function buildKey(parts: KeyParts): CacheKey {
  const { prefix, name, version = 0, params } = parts;
  assertSegment('prefix', prefix);
  assertSegment('name', name);
  if (!Number.isSafeInteger(version) || version < 0)
    throw new InvalidArgument('key version', 'a whole number, 0 or more', version);
  assertParams(parts);
  return `${prefix}:${name}${version === 0 ? '' : `@${version}`}:${fingerprint(params)}` as CacheKey;
}

/** The first segment of a key; null for a key of one segment. */
export function prefixOf(key: CacheKey): string | null {
  const end = key.indexOf(':', 1);
  return end < 0 ? null : key.slice(0, end);
}

/** Takes a key written by hand: one to 1,024 bytes of UTF-8, no control characters. */
export function parseKey(key: string): CacheKey {
  if (
    typeof key !== 'string' ||
    key.length === 0 ||
    Buffer.byteLength(key) > LONGEST_KEY_BYTES ||
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
    /[\u0000-\u001f\u007f]/.test(key) ||
    !key.isWellFormed() // half a surrogate pair has no UTF-8: two such keys would be one in a store
  ) {
    throw new InvalidArgument('key', `1 to ${LONGEST_KEY_BYTES} bytes of text without control characters`, key);
  }
  return key as CacheKey;
}

/** The text as a key, or null if it cannot be one. */
export function keyIfUsable(text: string): CacheKey | null {
  try {
    return parseKey(text);
  } catch (error) {
    if (!(error instanceof InvalidArgument)) throw error;
    return null; // the caller has another key for it, or skips it
  }
}

/** The key of what callers may name it by. */
export function keyOf(target: string | KeyParts): CacheKey {
  if (typeof target === 'string') return parseKey(target);
  if (typeof target === 'object' && target !== null) return buildKey(target);
  throw new InvalidArgument('key', 'a text, or an object with prefix, name and params', target);
}

/** A misspelt `params` would give all keys of a name one answer. */
function assertParams(parts: KeyParts): void {
  if (!('params' in parts))
    throw new InvalidArgument('key params', 'a JSON value', undefined, 'write params: null for a key without any');
}

/**
 * 32 hex digits (128 bits of SHA-256) over the canonical JSON of `params` (RFC 8785: members sorted, numbers in one
 * form). Members that are undefined count as absent. What JSON can't hold is refused rather than folded together.
 */
export function fingerprint(params: unknown): string {
  assertJson(params, 'params', new Set());
  const canonical = canonicalize(params) ?? '';
  return createHash('sha256').update(canonical).digest('hex').slice(0, 32);
}

function assertSegment(what: string, segment: string): void {
  // A pattern tests `String(segment)`: without the check, an absent name would be the text 'undefined'.
  if (typeof segment !== 'string' || !SEGMENT.test(segment))
    throw new InvalidArgument(`key ${what}`, '1 to 100 letters, digits, "_", "." or "-"', segment);
}

function assertJson(value: unknown, path: string, above: Set<object>): void {
  if (value === undefined || value === null || typeof value === 'boolean') return;
  if (typeof value === 'string') {
    assertText(value, path);
    return;
  }
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new InvalidArgument(path, 'a finite number', value);
    return;
  }
  if (typeof value !== 'object') throw new InvalidArgument(path, 'a JSON value', value, 'convert it first');
  if (above.has(value)) throw new InvalidArgument(path, 'a JSON value without cycles', value);
  if (above.size >= DEEPEST_PARAMS) throw new InvalidArgument(path, `at most ${DEEPEST_PARAMS} levels`, 'more');
  above.add(value);
  if (Array.isArray(value)) {
    // By index: `forEach` would pass over the holes of a sparse one.
    for (let i = 0; i < value.length; i++) {
      const item: unknown = value[i];
      if (item === undefined)
        throw new InvalidArgument(`${path}[${i}]`, 'a JSON value', item, 'null and absent would collide');
      assertJson(item, `${path}[${i}]`, above);
    }
  } else {
    const prototype = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null)
      throw new InvalidArgument(path, 'a plain object', value, 'convert it first');
    for (const [name, member] of Object.entries(value)) {
      assertText(name, `a name in ${path}`);
      assertJson(member, `${path}.${name}`, above);
    }
  }
  above.delete(value);
}

/** Half a surrogate pair is no character: it has no UTF-8, and the canonical form refuses it. */
function assertText(text: string, path: string): void {
  if (!text.isWellFormed()) throw new InvalidArgument(path, 'well-formed Unicode', 'half a surrogate pair');
}
