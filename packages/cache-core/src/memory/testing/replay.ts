import { LRUCache } from 'lru-cache';
import type { CachedEntry } from '../../model/cached-entry.ts';
import { parseKey } from '../../model/key.ts';
import { sampleEntry } from '../../ports/testing/cached-entry-sample.ts';
import { MemoryTier } from '../memory-tier.ts';

/** A store of entries, bounded in bytes as the entries count them. */
export interface Store {
  get(key: string): unknown;
  put(one: CachedEntry): unknown;
}

/** A plain LRU of the same bytes. */
export function plainLru(maxBytes: number): Store {
  const cache = new LRUCache<string, CachedEntry>({
    maxSize: Math.floor(maxBytes),
    sizeCalculation: ({ sizeBytes }) => sizeBytes,
  });
  return { get: (key) => cache.get(key), put: (one) => cache.set(one.key, one) };
}

export function memoryTier(maxBytes: number): Store {
  const tier = new MemoryTier(maxBytes);
  return { get: (key) => tier.get(parseKey(key)), put: (one) => tier.put(one) };
}

/** Reads each name in order and fills the missing ones. Returns the number of hits. */
export function replay(
  store: Store,
  names: Iterable<string>,
  entryOf = (name: string) => sampleEntry(name, { value: 'a'.repeat(1_000) }),
): number {
  let hits = 0;
  for (const name of names) {
    if (store.get(name)) hits++;
    else store.put(entryOf(name));
  }
  return hits;
}
