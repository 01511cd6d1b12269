import type { EntryCodec } from '../envelope/entry-codec.ts';
import type { MemoryTier } from '../memory/memory-tier.ts';
import { compareStamps, type Stamp } from '../model/entry.ts';
import { Unreachable } from '../model/errors.ts';
import { type InvalidationTargets, invalidationTargetsOf } from '../model/invalidation-targets.ts';
import { type CacheKey, keyOf } from '../model/key.ts';
import type { CacheLogger } from '../model/logger.ts';
import { meets } from '../model/scope.ts';
import { prefixAsHit, type Selector, scopeOfToken, toToken } from '../model/selector.ts';
import type { SharedTier } from '../ports/shared-tier.ts';

export interface SweeperOptions {
  readonly memory: MemoryTier;
  readonly shared: SharedTier | null;
  readonly codec: EntryCodec;
  readonly logger: CacheLogger;
}

/** A number of keys of each tier; `shared` is null if there is no shared tier or it is unreachable. */
export interface KeyCount {
  readonly memory: number;
  readonly shared: number | null;
}

/** Frees bytes and counts keys, in this process's memory and the shared tier. Correctness does not depend on it. */
export class Sweeper {
  readonly #options: SweeperOptions;

  constructor(options: SweeperOptions) {
    this.#options = options;
  }

  /** Counts the stored keys that a selector hits. For a tag or a scope it reads every entry that may match. */
  async count(selector: Selector): Promise<KeyCount> {
    const { memory } = this.#options;
    const hits = matcher(selector);
    let inMemory = 0;
    memory.each((cached) => {
      if (hits(cached.targets)) inMemory++;
    });
    const seen = new Set<string>();
    const shared = await this.#eachShared(selector, hits, async (key) => {
      seen.add(key);
    });
    return { memory: inMemory, shared: shared ? seen.size : null };
  }

  /** Removes the entries that a selector hits from this process's memory and the shared tier. Returns the numbers of removed keys. */
  async evict(selector: Selector): Promise<KeyCount> {
    const { memory } = this.#options;
    const hits = matcher(selector);
    const inMemory = memory.evictWhere((_key, { targets }) => hits(targets));
    let removed = 0;
    const shared = await this.#eachShared(selector, hits, async (key, tier) => {
      if (await tier.remove(key)) removed++;
    });
    return { memory: inMemory, shared: shared ? removed : null };
  }

  /**
   * Frees the entries that an invalidation hit; later entries stay. Returns the number of keys that it removed from the shared tier, or
   * from memory if there is no shared tier. Entries of a tag or a scope stay until they expire or are evicted; they are misses already.
   */
  async reclaim(selectors: readonly Selector[], before: Stamp): Promise<number> {
    const keys = selectors.flatMap(({ key }) => (key === undefined ? [] : keyOf(key)));
    let removed = await this.reclaimKeys(keys, before);
    for (const selector of selectors) removed += await this.#reclaimPrefix(selector, before);
    return removed;
  }

  /** Frees the entries of these keys from before a stamp. Returns the number removed from memory or from the shared tier, the larger one. */
  async reclaimKeys(keys: readonly CacheKey[], before: Stamp): Promise<number> {
    const { memory } = this.#options;
    if (keys.length === 0) return 0;
    let inMemory = 0;
    for (const key of keys) {
      const cached = memory.peek(key);
      if (cached && isBefore(cached, before) && memory.evict(key)) inMemory++;
    }
    return Math.max(inMemory, await this.#inShared(0, (shared) => shared.reclaimKeys(keys, before)));
  }

  async #reclaimPrefix(selector: Selector, before: Stamp): Promise<number> {
    const { memory, logger } = this.#options;
    if (selector.all === undefined && (selector.prefix === undefined || selector.scope !== undefined)) return 0;
    const prefix = selector.prefix === undefined ? null : prefixAsHit(selector.prefix);
    const hits = matcher(selector);
    const inMemory = memory.evictWhere((_key, cached) => hits(cached.targets) && isBefore(cached, before));
    const removed = await this.#inShared(inMemory, (shared) => shared.reclaim(prefix, before));
    if (removed > 0)
      logger.info(`Invalidated ${removed} cache keys with pattern: ${prefix === null ? '*' : `${prefix}:*`}`);
    return removed;
  }

  /** Returns false if the shared tier is missing or unreachable. */
  #eachShared(
    selector: Selector,
    hits: (targets: InvalidationTargets) => boolean,
    visit: (key: string, shared: SharedTier) => Promise<void>,
  ): Promise<boolean> {
    return this.#inShared(false, async (shared) => {
      if (selector.key !== undefined) {
        const key = keyOf(selector.key);
        if ((await shared.ttlMs(key)) !== null) await visit(key, shared);
        return true;
      }
      const prefix = selector.prefix === undefined ? null : prefixAsHit(selector.prefix);
      const mustRead = selector.tag !== undefined || selector.scope !== undefined;
      for await (const keys of shared.scan(prefix)) {
        const matching = mustRead ? await this.#matching(keys, hits, shared) : keys;
        for (const key of matching) await visit(key, shared);
      }
      return true;
    });
  }

  async #matching(
    keys: readonly string[],
    hits: (targets: InvalidationTargets) => boolean,
    shared: SharedTier,
  ): Promise<string[]> {
    const bytes = await Promise.all(keys.map((key) => shared.get(key)));
    const matching: string[] = [];
    for (const [i, key] of keys.entries()) {
      const entry = bytes[i] && (await this.#options.codec.decode(key, bytes[i]));
      if (entry && !('rejected' in entry) && hits(invalidationTargetsOf(key as CacheKey, entry.tags, entry.scope)))
        matching.push(key);
    }
    return matching;
  }

  /** Returns `otherwise` if the shared tier is missing or unreachable: its bytes are invalidated already, so freeing them can wait. */
  async #inShared<Result>(otherwise: Result, use: (shared: SharedTier) => Promise<Result>): Promise<Result> {
    const { shared, logger } = this.#options;
    if (!shared) return otherwise;
    try {
      return await use(shared);
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      logger.warn(`skipped the shared tier, which is unreachable: ${error.message}`);
      return otherwise;
    }
  }
}

/** Returns a function that returns whether the selector hits an entry with the given targets. */
export function matcher(selector: Selector): (targets: InvalidationTargets) => boolean {
  const token = toToken(selector);
  const scoped = scopeOfToken(token);
  if (!scoped) return ({ tokens }) => tokens.includes(token);
  return ({ prefixes, scope }) => prefixes.includes(scoped.prefix) && meets(scope, scoped.scope);
}

const isBefore = (entry: Stamp, before: Stamp): boolean => compareStamps(entry, before) < 0;
