import type { Invalidatable } from '../model/invalidation-targets.ts';
import { prefixOf } from '../model/key.ts';
import { meets, type Scope } from '../model/scope.ts';
import {
  type InvalidationMode,
  isUnderPrefix,
  keyOfToken,
  type ScopedPrefix,
  type SelectorToken,
} from '../model/selector.ts';

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

/** Returns whether the hit's selector hits an entry, as looking up `invalidationTargetsOf` the entry does, without building those. */
export function hits({ kind, token, prefix, scope }: SelectorHit, entry: Invalidatable): boolean {
  if (kind === 'scoped') return isUnderPrefix(entry.key, prefix ?? '') && (scope === null || meets(entry.scope, scope));
  if (kind === 'key') return token.length === entry.key.length + 2 && token.endsWith(entry.key);
  if (token.startsWith('p:')) return isUnderPrefix(entry.key, token.slice(2));
  return token.startsWith('t:') ? entry.tags.includes(token.slice(2)) : true;
}
