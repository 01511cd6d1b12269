import type { Follower } from '../log/follower.ts';
import type { Invalidator } from '../log/invalidator.ts';
import { reachesPosition } from '../log/reaches-position.ts';
import type { MemoryTier } from '../memory/memory-tier.ts';
import { CachedEntry } from '../model/cached-entry.ts';
import { chunks } from '../model/chunks.ts';
import type { Clock, Instant } from '../model/clock.ts';
import { type Duration, toMs } from '../model/duration.ts';
import type { Lifetime, LoadedEntry, Stamp } from '../model/entry.ts';
import { InvalidArgument, InvalidationPending, Unreachable } from '../model/errors.ts';
import { type CacheKey, keyIfUsable, parseKey } from '../model/key.ts';
import { assertKnownOptions } from '../model/known-options.ts';
import type { MinPosition } from '../model/min-position.ts';
import { checkedScope, type Scope } from '../model/scope.ts';
import { checkedTag } from '../model/selector.ts';
import { toBody } from '../model/value.ts';
import type { SharedTier } from '../ports/shared-tier.ts';
import type { Filler } from './filler.ts';
import { isCachedEntry, type Lookup } from './lookup.ts';
import type { Sweeper } from './sweeper.ts';

/** The moment at which a caller began to compute a value: on both clocks, with the log position applied by then. */
export interface LoadStart extends Instant {
  readonly stamp: Stamp;
}

/** The lifetime of a value that is set, and what invalidates it. */
export interface SetOptions {
  /** How long the value is fresh. Defaults to 300 s. */
  readonly freshFor?: Duration;
  /** Tags whose invalidation hits the value: at most 1,000, of 1 to 1,024 characters. Defaults to none. */
  readonly tags?: readonly string[];
  /** The part of the data that the value depends on. Defaults to all data. */
  readonly scope?: Scope;
  /**
   * The result of `loadStart()` before the value was computed. With it, other processes are not notified and keep their value, and the
   * set is refused if an invalidation hit the key, a tag or the scope since. Without it, the set is a write that invalidates the key
   * on every process.
   */
  readonly loadedSince?: LoadStart;
}

/**
 * The outcome of a set. `pending`: the log is unreachable, and nothing was set. `not kept`: the key was invalidated on every process,
 * but no tier stored the value, because it is too large or the tiers are off or unreachable. `stale`: an invalidation hit the value
 * since `loadedSince`.
 */
export type SetOutcome = 'set' | 'pending' | 'not kept' | 'stale';

export interface ManualOperationsOptions {
  readonly memory: MemoryTier;
  /** Null if this process's memory is the only tier. */
  readonly shared: SharedTier | null;
  readonly lookup: Lookup;
  readonly filler: Filler;
  readonly follower: Follower;
  readonly invalidator: Invalidator;
  readonly sweeper: Sweeper;
  readonly clock: Clock;
}

/**
 * Added to the position of the invalidation that a set begins with. The value is then newer than every load that had seen only this
 * invalidation, and older than the next invalidation.
 */
const AFTER_ITS_POSITION = 0.5;
/** The number of keys that `under` reads together. A busy server must answer them within the time limit of one read. */
const LISTED_TOGETHER = 250;

/** Gets, sets and deletes values without a load. Their stamps are comparable with those of loads, so all of them have one order. */
export class ManualOperations {
  readonly #options: ManualOperationsOptions;

  constructor(options: ManualOperationsOptions) {
    this.#options = options;
  }

  /** Returns null, too, if this process has not applied `minPosition`. */
  async get(key: CacheKey, minPosition?: MinPosition): Promise<CachedEntry | null> {
    const { lookup, follower } = this.#options;
    if (minPosition && !(await reachesPosition(follower, minPosition))) return null;
    const verified = follower.isCurrent || (await follower.catchUp());
    const inMemory = lookup.inMemory(key, verified);
    if (isCachedEntry(inMemory) && lookup.isFresh(inMemory) && inMemory.decodes()) return inMemory;
    const shared = verified ? await lookup.inShared(key) : 'absent';
    if (!isCachedEntry(shared) || !lookup.isFresh(shared)) return null;
    if (shared.decodes()) return shared;
    await lookup.drop(shared);
    return null;
  }

  /** As `get` for each key, in one round trip to each server that holds some of them. */
  async getMany(keys: readonly CacheKey[]): Promise<(CachedEntry | null)[]> {
    const { follower } = this.#options;
    if (!follower.isCurrent) await follower.catchUp();
    return Promise.all(keys.map((key) => this.get(key)));
  }

  /** Yields the entries under a prefix: first those of this process's memory, then the others of the shared tier. See `CacheManager.entries`. */
  async *under(prefix: string): AsyncGenerator<CachedEntry[], void> {
    const { lookup, memory, shared } = this.#options;
    const inMemory = new Set<string>();
    memory.each(({ key }) => {
      if (key.startsWith(`${prefix}:`)) inMemory.add(key);
    });
    for (const keys of usableBatches([...inMemory])) yield present(await this.getMany(keys));
    if (!shared) return;
    for await (const scanned of shared.scan(prefix)) {
      for (const keys of usableBatches(scanned.filter((key) => !inMemory.has(key)))) {
        const found = await Promise.all(keys.map((key) => lookup.inShared(key)));
        if (found.includes('unreachable')) throw new Unreachable('not all stored entries were listed: the shared tier');
        yield present(await this.getMany(keys));
      }
    }
  }

  loadStart(): LoadStart {
    const { follower, clock } = this.#options;
    return { stamp: follower.stamp, monotonic: clock.monotonic(), wall: clock.now() };
  }

  /** Stores a value that no earlier load can overwrite. */
  async set(key: CacheKey, value: unknown, secondsOrOptions: number | SetOptions): Promise<SetOutcome> {
    const options = typeof secondsOrOptions === 'number' ? { freshFor: secondsOrOptions * 1_000 } : secondsOrOptions;
    assertKnownOptions('set', options, ['freshFor', 'tags', 'scope', 'loadedSince']);
    const { freshFor = '300s', tags = [], scope, loadedSince }: SetOptions = options;
    const { lookup, filler, invalidator, clock } = this.#options;
    if (!Array.isArray(tags)) throw new InvalidArgument('tags', 'a list of tags', tags);
    for (const tag of tags) checkedTag(tag);
    if (loadedSince !== undefined) assertLoadStart(loadedSince);
    const body = toBody(key, value);
    const lifeMs = toMs('freshFor', freshFor);
    const about = { body, tags, scope: scope ? checkedScope(scope) : null };
    if (loadedSince) return this.#setLoaded(key, about, loadedSince, lifeMs);
    // While the log is unreachable, the age of the value counts from here: another write may come during the wait for the receipt.
    const began = clock.monotonic();
    const receipt = await invalidator.invalidate([{ key }]);
    if (receipt.state === 'pending') return 'pending';
    const now = clock.now();
    const stamp = { epoch: receipt.epoch, asOf: receipt.position + AFTER_ITS_POSITION };
    const entry = { ...stamp, ...about, loadMs: 0, ...lifetime(now, now + lifeMs) };
    const cached = new CachedEntry(key, entry, began, { monotonic: clock.monotonic(), wall: now });
    // An invalidation that was applied during the wait for the receipt comes after this set.
    if (!filler.isStorable(cached)) return 'set';
    const isInMemory = lookup.keep(cached);
    const isShared = await filler.shareIfPossible(cached);
    // A value that has expired or was overwritten since then was set nevertheless.
    return isInMemory || isShared || !lookup.isAlive(cached) || !filler.isStorable(cached) ? 'set' : 'not kept';
  }

  /** Stores a value as the result of a load that began at `start`. */
  async #setLoaded(
    key: CacheKey,
    about: Pick<LoadedEntry, 'body' | 'tags' | 'scope'>,
    start: LoadStart,
    lifeMs: number,
  ): Promise<SetOutcome> {
    const { lookup, filler, follower, clock } = this.#options;
    const seenAt = { monotonic: clock.monotonic(), wall: clock.now() };
    const times = { ...lifetime(start.wall, seenAt.wall + lifeMs), loadMs: seenAt.monotonic - start.monotonic };
    const verified = follower.isCurrent || (await follower.catchUp());
    const cached = new CachedEntry(key, { ...start.stamp, ...about, ...times }, start.monotonic, seenAt);
    if (!lookup.isServable(cached)) return 'stale';
    const isInMemory = lookup.keep(cached);
    const isShared = verified && (await filler.shareIfPossible(cached));
    return isInMemory || isShared ? 'set' : 'not kept';
  }

  /**
   * Invalidates a key on every process. Returns whether it was stored. Rejects with `InvalidationPending` if the log is unreachable.
   */
  async delete(key: CacheKey): Promise<boolean> {
    const { invalidator, sweeper } = this.#options;
    const receipt = await invalidator.invalidate([{ key: parseKey(key) }]);
    if (receipt.state === 'pending') throw new InvalidationPending(`deleting ${key}`);
    return (await sweeper.reclaimKeys([key], { epoch: receipt.epoch, asOf: receipt.position })) > 0;
  }
}

/** Returns the lifetime of a value that is set, which has no stale time. */
function lifetime(loadedAt: number, until: number): Lifetime {
  return { loadedAt, freshUntil: until, revalidateUntil: until, staleUntil: until };
}

function present(found: readonly (CachedEntry | null)[]): CachedEntry[] {
  return found.filter((cached) => cached !== null);
}

/** Returns the keys in batches, without those that are invalid here because another program stored them. */
function usableBatches(keys: readonly string[]): CacheKey[][] {
  return chunks(
    keys.map(keyIfUsable).filter((key) => key !== null),
    LISTED_TOGETHER,
  );
}

function assertLoadStart(start: unknown): void {
  const isStart = typeof start === 'object' && start !== null && 'stamp' in start && 'monotonic' in start;
  if (!isStart) throw new InvalidArgument('loadedSince', 'the result of loadStart()', start);
}
