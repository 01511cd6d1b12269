import { LRUCache } from 'lru-cache';
import type { EntryCodec } from '../envelope/entry-codec.ts';
import { type Rejected, rejected as rejectedAs } from '../envelope/rejected.ts';
import { CachedEntry } from '../model/cached-entry.ts';
import type { Clock, Instant } from '../model/clock.ts';
import type { Entry } from '../model/entry.ts';
import { ifUnreachable, Unreachable } from '../model/errors.ts';
import type { CacheKey } from '../model/key.ts';
import type { CacheLogger } from '../model/logger.ts';
import type { SharedTier } from '../ports/shared-tier.ts';
import type { Lookup, LookupMiss, Missing, SharedLookup, SharedLookupOfMany } from './lookup.ts';

export interface SharedLookupsOptions {
  readonly shared: SharedTier;
  readonly codec: EntryCodec;
  readonly clock: Clock;
  readonly logger: CacheLogger;
  /** Decides about the entries that are found, and stores them in memory. */
  readonly lookup: Pick<Lookup, 'isServable' | 'isAliveAt' | 'keep'>;
}

/**
 * A lookup in progress. Its promise is dropped at its end: a Map that entries enter and leave is copied again and again, and each copy
 * keeps the entries that it had until the next full garbage collection. They would keep half of all values that were read.
 */
interface InProgress extends SharedLookup {
  /** Drops the result. */
  end(): void;
}

const ENDED: Promise<LookupMiss> = Promise.resolve('absent');

class Single implements InProgress {
  found: Promise<CachedEntry | LookupMiss> = ENDED;
  readonly beganAt: number;

  constructor(beganAt: number) {
    this.beganAt = beganAt;
  }

  end(): void {
    this.found = ENDED;
  }
}

/** The lookup of one key of several. It has a promise of its own only for a caller that joins it. */
class OneOfMany implements InProgress {
  readonly beganAt: number;
  readonly #index: number;
  #all: Promise<readonly (CachedEntry | LookupMiss)[]> | null;

  constructor(beganAt: number, index: number, all: Promise<readonly (CachedEntry | LookupMiss)[]>) {
    this.beganAt = beganAt;
    this.#index = index;
    this.#all = all;
  }

  get found(): Promise<CachedEntry | LookupMiss> {
    return this.#all?.then((all) => all[this.#index] ?? 'absent') ?? ENDED;
  }

  end(): void {
    this.#all = null;
  }
}

const MAX_REPORTED = 1_000;
const NOT_JSON = rejectedAs('damaged', 'its body is not JSON');

/** Looks keys up in the shared tier. Concurrent lookups of one key share one request. */
export class SharedLookups {
  readonly #options: SharedLookupsOptions;
  readonly #lookups = new Map<CacheKey, InProgress>();
  /** Keys whose unusable bytes have been logged: reads find these bytes again until a load replaces them. */
  readonly #reported = new LRUCache<CacheKey, true>({ maxSize: MAX_REPORTED, sizeCalculation: () => 1 });

  constructor(options: SharedLookupsOptions) {
    this.#options = options;
  }

  /**
   * Returns the lookup of the key that is in progress, or begins one. `found` never rejects; it is `absent` for damaged bytes.
   *
   * @param now on the monotonic clock
   */
  find(key: CacheKey, now: number): SharedLookup {
    return this.#lookups.get(key) ?? this.#lookUp(key, now);
  }

  /** As `find` for each key, in their order. The keys that no lookup in progress has share one promise. */
  findMany(keys: readonly CacheKey[], now: number): SharedLookupOfMany {
    const { shared } = this.#options;
    const others = keys.filter((key) => !this.#lookups.has(key));
    if (shared.getMany && others.length > 0) {
      const found = this.#all(others, shared.getMany(others));
      others.forEach((key, i) => void this.#lookups.set(key, new OneOfMany(now, i, found)));
      if (others.length === keys.length) return { found, beganAt: now };
    }
    const each = keys.map((key) => this.find(key, now));
    return { found: Promise.all(each.map(({ found }) => found)), beganAt: Math.min(...each.map((one) => one.beganAt)) };
  }

  /** Decodes the answers to the keys of one lookup. */
  async #all(
    keys: readonly CacheKey[],
    asked: Promise<readonly (Buffer | null | Error)[]>,
  ): Promise<readonly (CachedEntry | LookupMiss)[]> {
    try {
      const answers = await asked;
      const found = keys.map((key, i) => {
        const bytes = answers[i] ?? null;
        return bytes instanceof Error ? this.#failed(key, bytes) : this.#foundOrFailed(key, bytes);
      });
      return found.some((one) => one instanceof Promise)
        ? await Promise.all(found.map((one, i) => this.#settled(keys[i] as CacheKey, one)))
        : (found as (CachedEntry | LookupMiss)[]);
    } catch (error) {
      return keys.map((key) => this.#failed(key, error));
    } finally {
      for (const key of keys) this.#end(key);
    }
  }

  /** Logs that the body of a stored entry is not JSON, and removes the entry. */
  async dropNotJson(key: CacheKey): Promise<void> {
    await this.#refused(key, NOT_JSON);
  }

  #lookUp(key: CacheKey, now: number): SharedLookup {
    const lookup = new Single(now);
    this.#lookups.set(key, lookup);
    lookup.found = this.#options.shared.get(key).then(
      (bytes) => {
        const found = this.#foundOrFailed(key, bytes);
        if (found instanceof Promise) return this.#settled(key, found).finally(() => this.#end(key));
        this.#end(key);
        return found;
      },
      (error: unknown) => {
        this.#end(key);
        return this.#failed(key, error);
      },
    );
    return lookup;
  }

  #end(key: CacheKey): void {
    this.#lookups.get(key)?.end();
    this.#lookups.delete(key);
  }

  async #settled(
    key: CacheKey,
    found: CachedEntry | LookupMiss | Promise<CachedEntry | LookupMiss>,
  ): Promise<CachedEntry | LookupMiss> {
    try {
      return await found;
    } catch (error) {
      return this.#failed(key, error);
    }
  }

  #failed(key: CacheKey, error: unknown): 'unreachable' {
    // The tier's guard has logged that it is unreachable.
    if (!(error instanceof Unreachable))
      this.#options.logger.error({ err: error }, `looking up ${key} in the shared tier failed`);
    return 'unreachable';
  }

  #foundOrFailed(key: CacheKey, bytes: Buffer | null): CachedEntry | LookupMiss | Promise<CachedEntry | Missing> {
    try {
      return bytes ? this.#found(key, bytes) : 'absent';
    } catch (error) {
      return this.#failed(key, error);
    }
  }

  #found(key: CacheKey, bytes: Buffer): CachedEntry | Missing | Promise<CachedEntry | Missing> {
    const decoded = this.#options.codec.decode(key, bytes);
    return decoded instanceof Promise
      ? decoded.then((entry) => this.#decoded(key, entry))
      : this.#decoded(key, decoded);
  }

  #decoded(key: CacheKey, decoded: Entry | Rejected): CachedEntry | Missing | Promise<Missing> {
    if ('rejected' in decoded) return this.#refused(key, decoded);
    const { lookup, clock } = this.#options;
    const seenAt = { monotonic: clock.monotonic(), wall: clock.now() };
    const cached = receive(key, decoded, seenAt);
    if (this.#reported.size > 0 && this.#reported.has(key)) {
      if (!cached.isJson) return this.#refused(key, NOT_JSON);
      this.#reported.delete(key);
    }
    if (!lookup.isServable(cached)) return 'outdated';
    if (!lookup.isAliveAt(cached, seenAt)) return 'expired';
    lookup.keep(cached);
    return cached;
  }

  async #refused(key: CacheKey, { rejected, why }: Rejected): Promise<Missing> {
    const { shared, logger } = this.#options;
    if (!this.#reported.has(key)) logger.warn(`ignored the bytes stored under ${key}: ${why} (${rejected})`);
    this.#reported.set(key, true);
    // The stamp of these bytes may be newer than any other, and then no fill would replace them.
    if (rejected === 'damaged' || rejected === 'oversized') await shared.remove(key).catch(ifUnreachable(false));
    return 'absent';
  }
}

/** Makes a cached entry of an entry that this process has read from the shared tier at `seenAt`. */
export function receive(key: CacheKey, decoded: Entry, seenAt: Instant): CachedEntry {
  return new CachedEntry(key, clampClockSkew(decoded, seenAt.wall), null, seenAt);
}

/** Moves the times of an entry back if the clock of the process that stored it was ahead. */
function clampClockSkew(entry: Entry, now: number): Entry {
  const aheadMs = entry.loadedAt - now;
  if (aheadMs <= 0) return entry;
  const { loadedAt, freshUntil, revalidateUntil, staleUntil } = entry;
  return {
    ...entry,
    loadedAt: loadedAt - aheadMs,
    freshUntil: freshUntil - aheadMs,
    revalidateUntil: revalidateUntil - aheadMs,
    staleUntil: staleUntil - aheadMs,
  };
}
