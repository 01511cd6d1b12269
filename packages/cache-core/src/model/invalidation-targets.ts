import type { CacheKey } from './key.ts';
import type { Scope } from './scope.ts';
import { prefixesOf, type SelectorToken, tokenOfTag, tokensOfKey } from './selector.ts';

/** The members of an entry that decide which selectors hit it. */
export interface Invalidatable {
  readonly key: CacheKey;
  readonly tags: readonly string[];
  /** The part of the data that the entry depends on; null if it depends on everything or the load has not yet declared it. */
  readonly scope: Scope | null;
}

/** Everything about an entry that a selector can match, as an index looks it up. */
export interface InvalidationTargets extends Pick<Invalidatable, 'scope'> {
  /** The unscoped selectors that hit the entry: everything, its key, its prefixes and its tags. */
  readonly tokens: readonly SelectorToken[];
  /** The prefixes of its key, whose scoped selectors may hit the entry. */
  readonly prefixes: readonly string[];
}

/** Returns the invalidation targets of a key with the tags and the scope of its entry. */
export function invalidationTargetsOf(
  key: CacheKey,
  tags: readonly string[] = [],
  scope: Scope | null = null,
): InvalidationTargets & Invalidatable {
  const prefixes = prefixesOf(key);
  const tokens = tokensOfKey(key, prefixes);
  for (const tag of tags) tokens.push(tokenOfTag(tag));
  return { key, tags, scope, tokens, prefixes };
}
