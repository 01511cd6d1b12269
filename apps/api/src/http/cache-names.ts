import { type CacheKey, InvalidArgument, parseKey } from '@pilotlight/cache-core';
import { InvalidInput } from '../errors.ts';
import { shown } from './shown.ts';

/** Returns the normalized prefix: `files`, `files:` and `files:*` are the same; `*` selects every key. Throws `InvalidInput`. */
export function checkedPrefix(prefix: string): string {
  if (prefix === '*') return prefix;
  const plain = prefix.replace(/(:\*|:)$/, '');
  if (plain !== '' && !/[*?[\]\\]/.test(plain)) return plain;
  const detail = `expected a prefix like "files" or "files:*", or "*" for everything, got ${shown(prefix)}`;
  throw new InvalidInput([{ field: 'prefix', detail }]);
}

/** Parses a cache key. Throws `InvalidInput`. */
export function checkedKey(key: string): CacheKey {
  try {
    return parseKey(key);
  } catch (error) {
    if (error instanceof InvalidArgument) throw new InvalidInput([{ field: 'key', detail: error.message }]);
    throw error;
  }
}
