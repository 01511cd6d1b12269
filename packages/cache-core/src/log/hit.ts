import { prefixOf } from '../model/key.ts';
import type { Scope } from '../model/scope.ts';
import { type InvalidationMode, keyOfToken, type ScopedPrefix, type SelectorToken } from '../model/selector.ts';

/** A selector, and the position of the last invalidation that named it. */
export interface SelectorHit {
  /** Identifies the selector: hits with equal names are of the same selector. */
  readonly name: string;
  readonly mode: InvalidationMode;
  readonly token: SelectorToken;
  readonly position: number;
  /** `whole`: everything, a prefix or a tag. `scoped`: a part of a prefix. `key`: one key. */
  readonly kind: 'whole' | 'scoped' | 'key';
  /** The prefix that holds the key or the scoped part; null for the kind `whole`, and for a key of one segment. */
  readonly prefix: string | null;
  /** The scope of a scoped hit, else null. */
  readonly scope: Scope | null;
}

/** Returns true if one hit comes before another as in the sorted sets of the log on Redis: by position, then by name. */
export function isBefore(one: SelectorHit, other: SelectorHit): boolean {
  return one.position < other.position || (one.position === other.position && one.name < other.name);
}

/** Returns the hit of a token at a position; `scoped` is the token's prefix and scope, or null for another kind of token. */
export function hitOf(
  name: string,
  mode: InvalidationMode,
  token: SelectorToken,
  position: number,
  scoped: ScopedPrefix | null,
): SelectorHit {
  if (scoped) return { name, mode, token, position, kind: 'scoped', ...scoped };
  const key = keyOfToken(token);
  const prefix = key === null ? null : prefixOf(key);
  return { name, mode, token, position, kind: key === null ? 'whole' : 'key', prefix, scope: null };
}
