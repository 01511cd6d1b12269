import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { InvalidArgument } from './errors.ts';

/**
 * The key of a cached entry: `{prefix}:{name}:{fingerprint}`, or `{prefix}:{name}@{version}:{fingerprint}` with a version, e.g.
 * `stats:get_stats:5d8782ea43cb739f357f783bf8902624`.
 */
export type CacheKey = string & { readonly brand: 'CacheKey' };

/** The parts that `buildKey` makes a key of. */
export interface KeyParts {
  /** The family of answers, which one invalidation can clear: 1 to 100 letters, digits, `_`, `.` or `-`. */
  readonly prefix: string;
  /** The name of the computation: 1 to 100 of the same characters. */
  readonly name: string;
  /**
   * Raise it when the form of the value changes: then two versions of a program that run side by side use different keys.
   * Default 0.
   */
  readonly version?: number;
  /**
   * Any JSON value. It must hold everything that the load may read. The order of members makes no difference, nor do
   * undefined members.
   */
  readonly params: unknown;
}

/** The maximum length of a key in UTF-8 bytes. Built keys are far below it; keys that callers write as text may exceed it. */
export const MAX_KEY_BYTES = 1_024;

/** The maximum depth of nested objects and lists. Deeper values are rejected before they exhaust the stack. */
const DEEPEST_PARAMS = 100;

const SEGMENT = /^[A-Za-z0-9_.-]{1,100}$/;

/**
 * Returns the key of these parts. Equal parts have equal keys.
 *
 * @throws {InvalidArgument} naming the invalid part, or its path in `params`
 */
export function buildKey(parts: KeyParts): CacheKey {
  const { prefix, name, version = 0, params } = parts;
  assertSegment('prefix', prefix);
  assertSegment('name', name);
  if (!Number.isSafeInteger(version) || version < 0)
    throw new InvalidArgument('key version', 'a whole number, 0 or more', version);
  assertParams(parts);
  return `${prefix}:${name}${version === 0 ? '' : `@${version}`}:${fingerprint(params)}` as CacheKey;
}

/** Returns the first segment of a key, or null for a key of one segment. */
export function prefixOf(key: CacheKey): string | null {
  const end = key.indexOf(':', 1);
  return end < 0 ? null : key.slice(0, end);
}

/**
 * Accepts a text as a key: 1 to 1,024 bytes of UTF-8 without control characters.
 *
 * @throws {InvalidArgument} for any other text
 */
export function parseKey(key: string): CacheKey {
  if (
    typeof key !== 'string' ||
    key.length === 0 ||
    Buffer.byteLength(key) > MAX_KEY_BYTES ||
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern rejects them
    /[\u0000-\u001f\u007f]/.test(key) ||
    !key.isWellFormed() // a lone surrogate has no UTF-8: a store would hold two such keys as one
  ) {
    throw new InvalidArgument('key', `1 to ${MAX_KEY_BYTES} bytes of text without control characters`, key);
  }
  return key as CacheKey;
}

/** Returns the text as a key, or null if it cannot be one. */
export function keyIfUsable(text: string): CacheKey | null {
  try {
    return parseKey(text);
  } catch (error) {
    if (!(error instanceof InvalidArgument)) throw error;
    return null; // the caller has another key for it, or skips it
  }
}

/** Returns the key of a key text or of key parts. Throws as `parseKey` and `buildKey` do. */
export function keyOf(target: string | KeyParts): CacheKey {
  if (typeof target === 'string') return parseKey(target);
  if (typeof target === 'object' && target !== null) return buildKey(target);
  throw new InvalidArgument('key', 'a text, or an object with prefix, name and params', target);
}

/** Rejects parts without `params`: with a misspelt member, all keys of a name would share one answer. */
function assertParams(parts: KeyParts): void {
  if (!('params' in parts))
    throw new InvalidArgument(
      'key params',
      'a JSON value',
      undefined,
      'write `params: null` for a key without parameters',
    );
}

/**
 * Returns 32 hex digits: 128 bits of SHA-256 over the canonical JSON of `params` (RFC 8785: members sorted, numbers in one
 * form). Undefined members count as absent.
 *
 * @throws {InvalidArgument} for values that JSON cannot hold, which would otherwise share a fingerprint with other values
 */
export function fingerprint(params: unknown): string {
  assertJson(params, 'params', new Set());
  const canonical = canonicalize(params) ?? '';
  return createHash('sha256').update(canonical).digest('hex').slice(0, 32);
}

function assertSegment(what: string, segment: string): void {
  // A regular expression tests `String(segment)`: without the type check, an absent name would pass as 'undefined'.
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
  if (typeof value !== 'object')
    throw new InvalidArgument(path, 'a JSON value', value, 'convert it to a JSON value first');
  if (above.has(value)) throw new InvalidArgument(path, 'a JSON value without cycles', value);
  if (above.size >= DEEPEST_PARAMS)
    throw new InvalidArgument(path, `at most ${DEEPEST_PARAMS} levels of nesting`, 'more');
  above.add(value);
  if (Array.isArray(value)) {
    // By index, because `forEach` skips the holes of a sparse array.
    for (let i = 0; i < value.length; i++) {
      const item: unknown = value[i];
      if (item === undefined)
        throw new InvalidArgument(
          `${path}[${i}]`,
          'a JSON value',
          item,
          'use null: an undefined item would get the key of a null',
        );
      assertJson(item, `${path}[${i}]`, above);
    }
  } else {
    const prototype = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null)
      throw new InvalidArgument(path, 'a plain object', value, 'convert it to a plain object first');
    for (const [name, member] of Object.entries(value)) {
      assertText(name, `a name in ${path}`);
      assertJson(member, `${path}.${name}`, above);
    }
  }
  above.delete(value);
}

/** Rejects lone surrogates: they have no UTF-8, and the canonical form does not allow them. */
function assertText(text: string, path: string): void {
  if (!text.isWellFormed()) throw new InvalidArgument(path, 'well-formed Unicode', 'a lone surrogate');
}
