import type { CachedEntry } from '../model/cached-entry.ts';
import { keyOf } from '../model/key.ts';
import { prefixAsHit, prefixesOf, type Selector } from '../model/selector.ts';
import { sfString } from './structured-fields.ts';

/** The number of groups that every implementation of RFC 9875 supports. */
const MAX_GROUPS = 32;
/** An entry may have 1,000 tags of 1,024 characters, and clients limit the length of all headers together. */
const MAX_GROUP_LENGTH = 128;

/**
 * Returns the `Cache-Groups` header of an entry (RFC 9875): each prefix of its key, such as `stats` and `stats:get_stats`, then
 * `tag:<tag>` for its tags. Groups of more than 128 characters, and those after the first 32, are omitted; each copy is revalidated
 * before its use anyway. Returns null if no group remains.
 */
export function cacheGroups({ key, tags }: Pick<CachedEntry, 'key' | 'tags'>): string | null {
  return listOf([...prefixesOf(key), ...tags.map(groupOfTag)]);
}

/**
 * Returns the `Cache-Group-Invalidation` header of a write (RFC 9875): the groups whose answers these selectors may hit. A scope is not
 * expressible, so it means its whole prefix. Returns null if no group remains.
 *
 * @param prefixes the prefixes that a selector of everything means
 */
export function cacheGroupInvalidation(selectors: readonly Selector[], prefixes: readonly string[]): string | null {
  return listOf(selectors.flatMap((selector) => groupsOf(selector, prefixes)));
}

function groupsOf(selector: Selector, prefixes: readonly string[]): readonly string[] {
  if (selector.all !== undefined) return prefixes;
  if (selector.tag !== undefined) return [groupOfTag(selector.tag)];
  if (selector.key !== undefined) return prefixesOf(keyOf(selector.key)).slice(-1);
  return [prefixAsHit(selector.prefix)];
}

const groupOfTag = (tag: string): string => `tag:${tag}`;

function listOf(groups: readonly string[]): string | null {
  const members = [...new Set(groups)].map(sfString).filter((member) => member.length <= MAX_GROUP_LENGTH + 2);
  return members.length === 0 ? null : members.slice(0, MAX_GROUPS).join(', ');
}
