import type { CacheKey } from './key.ts';
import type { Scope } from './scope.ts';
import { prefixesOf, type SelectorToken, tokenOfTag, tokensOfKey } from './selector.ts';

/** Everything about an entry that an invalidation can name. */
export interface Footprint {
  /** The selectors that hit it whatever it depends on: everything, its key, its prefixes, its tags. */
  readonly tokens: readonly SelectorToken[];
  /** Where a scoped selector has to look. */
  readonly prefixes: readonly string[];
  /** What it depends on; null: everything, or not known yet. */
  readonly scope: Scope | null;
}

export function footprintOf(key: CacheKey, tags: readonly string[] = [], scope: Scope | null = null): Footprint {
  const prefixes = prefixesOf(key);
  const tokens = tokensOfKey(key, prefixes);
  for (const tag of tags) tokens.push(tokenOfTag(tag));
  return { tokens, prefixes, scope };
}
