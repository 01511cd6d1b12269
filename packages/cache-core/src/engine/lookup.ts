import { LRUCache } from 'lru-cache';
import type { Clock, Instant } from '../clock.ts';
import type { Entry } from '../entry.ts';
import type { EntryCodec } from '../envelope/entry-codec.ts';
import type { CacheKey } from '../key.ts';
import type { Follower } from '../log/follower.ts';
import type { CacheLogger } from '../logger.ts';
import type { Switches } from '../switches.ts';
import { Kept, type Verdict } from '../tiers/kept.ts';
import type { MemoryTier } from '../tiers/memory-tier.ts';
import type { SharedTier } from '../tiers/port.ts';

export interface LookupOptions {
  readonly memory: MemoryTier;
  readonly shared: SharedTier | null;
  readonly switches: Switches;
  readonly codec: EntryCodec;
  readonly follower: Follower;
  readonly clock: Clock;
  readonly blindFreshMs: number;
  readonly logger: CacheLogger;
}

const MOST_TOLD = 1_000;

/** Why a tier has nothing to serve. `outdated`: an invalidation hit it, or the log began a new epoch. */
export type Missing = 'absent' | 'outdated' | 'expired';

export const isKept = (found: Kept | Missing): found is Kept => typeof found !== 'string';

/** Finds entries in the tiers, and says whether one may be served. Nothing else decides that. */
export class Lookup {
  readonly #options: LookupOptions;
  readonly #asking = new Map<CacheKey, Promise<Kept | Missing>>();
  /** Keys whose bytes can't be used, as has been told: they are met again until a load takes their place. */
  readonly #told = new LRUCache<CacheKey, true>({ maxSize: MOST_TOLD, sizeCalculation: () => 1 });
  #sharedFailed = false;

  constructor(options: LookupOptions) {
    this.#options = options;
  }

  /**
   * Invariant (the fence): an entry is servable only if no invalidation after its stamp hit it. What an epoch before
   * knew proves nothing in this one.
   */
  isServable(kept: Kept): boolean {
    const { follower } = this.#options;
    return kept.entry.epoch === follower.epoch && follower.synced && this.#verdict(kept).isServable;
  }

  /** Out of the log's reach: only what this process began to load within `blindFreshMs`. */
  isServableBlind(kept: Kept): boolean {
    const { follower, clock, blindFreshMs } = this.#options;
    if (kept.loadBeganAt === null || clock.monotonic() - kept.loadBeganAt > blindFreshMs) return false;
    return kept.entry.epoch === follower.epoch && this.#verdict(kept).isServable;
  }

  isFresh(kept: Kept, forMs = 0): boolean {
    return this.#nowFor(kept) + forMs < kept.entry.freshUntil && this.#verdict(kept).isUnexpired;
  }

  /** Whether it is served while it is reloaded. */
  mayRevalidate(kept: Kept): boolean {
    return this.#nowFor(kept) < kept.entry.revalidateUntil;
  }

  /** Whether it is served at all. */
  isAlive(kept: Kept): boolean {
    return this.#nowFor(kept) < kept.entry.staleUntil;
  }

  /** The fast path: asks no clock of its own, which would cost more than the rest. */
  freshInMemory(key: CacheKey, at: Instant): Kept | null {
    const { memory, switches, follower } = this.#options;
    if (!follower.isCurrentAt(at) || !switches.isOn('memory', key)) return null;
    const kept = memory.get(key);
    return kept && nowOf(kept, at) < kept.entry.freshUntil && this.isServable(kept) && this.#verdict(kept).isUnexpired
      ? kept
      : null;
  }

  inMemory(key: CacheKey, verified: boolean): Kept | Missing {
    const { memory, switches } = this.#options;
    const kept = switches.isOn('memory', key) ? memory.get(key) : undefined;
    if (!kept) return 'absent';
    if (!(verified ? this.isServable(kept) : this.isServableBlind(kept))) return 'outdated';
    return this.isAlive(kept) ? kept : 'expired';
  }

  /** Puts an entry into this process's memory. One that is past its time gives way, whatever its stamp. */
  keep(kept: Kept): void {
    const { memory, switches } = this.#options;
    if (!switches.isOn('memory', kept.key)) return;
    const there = memory.peek(kept.key);
    if (there && !this.isAlive(there)) memory.evict(kept.key);
    if (memory.put(kept) && !this.isAlive(kept)) memory.evict(kept.key);
  }

  /** Whether the shared tier gave no answer when it was last asked. */
  get sharedFailed(): boolean {
    return this.#sharedFailed;
  }

  /**
   * Asks the shared tier, once for all who ask meanwhile. What is found is checked against what is known when it comes,
   * for each of them. Unreachable and damaged are "not there".
   */
  async inShared(key: CacheKey): Promise<Kept | Missing> {
    const asking = this.#asking.get(key) ?? this.#begin(key, this.#askOne(key));
    const found = await asking;
    return isKept(found) && !this.isServable(found) ? 'outdated' : found;
  }

  /** Asks the shared tier for all of them in one round trip: who looks for one of these keys meanwhile gets it from there. */
  prefetch(keys: readonly CacheKey[]): void {
    const wanted = keys.filter((key) => !this.#asking.has(key));
    if (wanted.length === 0) return;
    const answers = this.#askMany(wanted);
    wanted.forEach((key, i) => {
      this.#begin(
        key,
        answers.then((bytes) => this.#found(key, bytes[i] ?? null)),
      ).catch(() => undefined); // told to whoever looks for the key
    });
  }

  #begin(key: CacheKey, asking: Promise<Kept | Missing>): Promise<Kept | Missing> {
    const ended = asking.finally(() => this.#asking.delete(key));
    this.#asking.set(key, ended);
    return ended;
  }

  async #askOne(key: CacheKey): Promise<Kept | Missing> {
    return this.#found(key, await this.#guarded(key, null, (shared) => shared.get(key)));
  }

  #askMany(keys: readonly CacheKey[]): Promise<(Buffer | null)[]> {
    const on = keys.filter((key) => this.#options.switches.isOn('redis', key));
    const [first] = on;
    if (first === undefined) return Promise.resolve([]);
    return this.#guarded<(Buffer | null)[]>(first, [], async (shared) => {
      const bytes = await shared.getMany(on);
      const byKey = new Map(on.map((key, i) => [key, bytes[i] ?? null]));
      return keys.map((key) => byKey.get(key) ?? null);
    });
  }

  async #guarded<Bytes>(key: CacheKey, nothing: Bytes, ask: (shared: SharedTier) => Promise<Bytes>): Promise<Bytes> {
    const { shared, switches } = this.#options;
    if (!shared || !switches.isOn('redis', key)) return nothing;
    try {
      const bytes = await ask(shared);
      this.#sharedFailed = false;
      return bytes;
    } catch {
      this.#sharedFailed = true;
      return nothing; // the tier's guard has told; the origin answers
    }
  }

  async #found(key: CacheKey, bytes: Buffer | null): Promise<Kept | Missing> {
    const { codec, shared, clock, logger } = this.#options;
    if (!bytes) return 'absent';
    const decoded = await codec.decode(key, bytes);
    if ('rejected' in decoded) {
      if (!this.#told.has(key))
        logger.warn(`what is stored under ${key} is not used: ${decoded.why} (${decoded.rejected})`);
      this.#told.set(key, true);
      // Its stamp may say that it is newer than anything: no fill would take its place.
      if (decoded.rejected === 'damaged' || decoded.rejected === 'oversized')
        await shared?.remove(key).catch(() => false);
      return 'absent';
    }
    this.#told.delete(key);
    const kept = seenNow(key, decoded, clock);
    if (!this.isServable(kept)) return 'outdated';
    if (!this.isAlive(kept)) return 'expired';
    this.keep(kept);
    return kept;
  }

  #nowFor(kept: Kept): number {
    const { clock } = this.#options;
    return nowOf(kept, { monotonic: clock.monotonic(), wall: clock.now() });
  }

  /** Asked of the index again only once it has changed, and then only for what has come since: hits are never taken back. */
  #verdict(kept: Kept): Verdict {
    const { index, epoch, stamp } = this.#options.follower;
    const before = kept.verdict;
    if (before?.indexVersion === index.version) return before;
    const { entry, footprint } = kept;
    const since = Math.max(entry.asOf, before?.upTo ?? 0);
    kept.verdict = {
      indexVersion: index.version,
      // Positions of another epoch say nothing of this entry.
      upTo: entry.epoch === epoch ? stamp.asOf : 0,
      isServable: (before?.isServable ?? true) && !index.isHitSince('invalidate', footprint, since),
      isUnexpired: (before?.isUnexpired ?? true) && !index.isHitSince('expire', footprint, since),
    };
    return kept.verdict;
  }
}

/** No step of the wall clock lengthens a life: the time since an entry came here counts by both clocks. */
function nowOf({ wallAtZero }: Kept, at: Instant): number {
  return Math.max(at.wall, at.monotonic + wallAtZero);
}

/** An entry of another process, as it has just come here. */
export function seenNow(key: CacheKey, decoded: Entry, clock: Clock): Kept {
  const seenAt = { monotonic: clock.monotonic(), wall: clock.now() };
  return new Kept(key, notFromTheFuture(decoded, seenAt.wall), null, seenAt);
}

/** A process whose clock is ahead says later ends than it means: its answers live for their time from when they are seen. */
function notFromTheFuture(entry: Entry, now: number): Entry {
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
