import type { Clock } from '../clock.ts';
import { type Duration, toMs } from '../duration.ts';
import type { Entry } from '../entry.ts';
import { InvalidArgument, InvalidationPending } from '../errors.ts';
import { type CacheKey, parseKey } from '../key.ts';
import { assertKnownOptions } from '../known-options.ts';
import type { Follower } from '../log/follower.ts';
import type { Invalidator } from '../log/invalidator.ts';
import { checkedScope, type Scope } from '../scope.ts';
import { toToken } from '../selector.ts';
import { Kept } from '../tiers/kept.ts';
import { etagOf, toBody } from '../value.ts';
import type { Filler } from './filler.ts';
import { isKept, type Lookup } from './lookup.ts';
import type { Sweeper } from './sweeper.ts';

/** How a value that is set lives, and what outdates it. */
export interface SetOptions {
  /** Default 300 s. */
  readonly freshFor?: Duration;
  /** Invalidating one of them outdates it. At most 1,000, of 1 to 1,024 characters. */
  readonly tags?: readonly string[];
  /** What part of the data it depends on. Default: all of it. */
  readonly scope?: Scope;
}

/**
 * How a set ended. `pending`: the log is out of reach, and nothing was set. `not kept`: the set was announced, so the value from
 * before is a miss everywhere, but no tier took the new one: it is too large for each, or the tier is off or out of reach.
 */
export type SetState = 'set' | 'pending' | 'not kept';

export interface ValuesOptions {
  readonly lookup: Lookup;
  readonly filler: Filler;
  readonly follower: Follower;
  readonly invalidator: Invalidator;
  readonly sweeper: Sweeper;
  readonly clock: Clock;
}

/**
 * A set stands between the position that announced it and the next one: later than any load that had seen the
 * announcement alone, earlier than whatever is invalidated after it.
 */
const AFTER_ITS_POSITION = 0.5;

/** Values under keys, without a load: kept right by the same stamps, so that sets, deletes and loads have one order. */
export class Values {
  readonly #options: ValuesOptions;

  constructor(options: ValuesOptions) {
    this.#options = options;
  }

  async get(key: CacheKey): Promise<Kept | null> {
    const { lookup, follower } = this.#options;
    const verified = follower.isCurrent || (await follower.catchUp());
    const inMemory = lookup.inMemory(key, verified);
    if (isKept(inMemory) && lookup.isFresh(inMemory) && inMemory.decodes()) return inMemory;
    const shared = verified ? await lookup.inShared(key) : 'absent';
    if (!isKept(shared) || !lookup.isFresh(shared)) return null;
    if (shared.decodes()) return shared;
    await lookup.drop(shared);
    return null;
  }

  /** In one round trip to each server that holds some of them. */
  async getMany(keys: readonly CacheKey[]): Promise<(Kept | null)[]> {
    const { lookup, follower } = this.#options;
    const verified = follower.isCurrent || (await follower.catchUp());
    if (verified) lookup.prefetch(keys.filter((key) => !this.#isFreshInMemory(key)));
    return Promise.all(keys.map((key) => this.get(key)));
  }

  /** Stores a value that no load can overwrite which began before. */
  async set(key: CacheKey, value: unknown, secondsOrOptions: number | SetOptions): Promise<SetState> {
    const options = typeof secondsOrOptions === 'number' ? { freshFor: secondsOrOptions * 1_000 } : secondsOrOptions;
    assertKnownOptions('set', options, ['freshFor', 'tags', 'scope']);
    const { freshFor = '300s', tags = [], scope }: SetOptions = options;
    const { lookup, filler, invalidator, clock } = this.#options;
    if (!Array.isArray(tags)) throw new InvalidArgument('tags', 'a list of tags', tags);
    for (const tag of tags) toToken({ tag });
    const body = toBody(key, value);
    const lifeMs = toMs('freshFor', freshFor);
    const about = { body, etag: etagOf(body), tags, scope: scope ? checkedScope(scope) : null, loadMs: 0 };
    // Out of the log's reach it counts from here on: while the receipt is waited for, another write may come.
    const began = clock.monotonic();
    const receipt = await invalidator.invalidate([{ key }]);
    if (receipt.state === 'pending') return 'pending';
    const now = clock.now();
    const until = now + lifeMs;
    const times = { loadedAt: now, freshUntil: until, revalidateUntil: until, staleUntil: until };
    const entry: Entry = { epoch: receipt.epoch, asOf: receipt.position + AFTER_ITS_POSITION, ...about, ...times };
    const kept = new Kept(key, entry, began, { monotonic: clock.monotonic(), wall: now });
    // An invalidation that was applied while the receipt was waited for comes after this set.
    if (!filler.isStorable(kept)) return 'set';
    const isKept = lookup.keep(kept);
    const isShared = await filler.shareIfPossible(kept); // without it, other processes find nothing
    // What has ended or was overwritten meanwhile was set all the same.
    return isKept || isShared || !lookup.isAlive(kept) || !filler.isStorable(kept) ? 'set' : 'not kept';
  }

  /**
   * Invalidates a key everywhere. Answers whether it was there. Rejects with `InvalidationPending` if that could not be
   * announced.
   */
  async delete(key: CacheKey): Promise<boolean> {
    const { invalidator, sweeper } = this.#options;
    const receipt = await invalidator.invalidate([{ key: parseKey(key) }]);
    if (receipt.state === 'pending') throw new InvalidationPending(`deleting ${key}`);
    return (await sweeper.reclaimKeys([key], { epoch: receipt.epoch, asOf: receipt.position })) > 0;
  }

  #isFreshInMemory(key: CacheKey): boolean {
    const { lookup } = this.#options;
    const found = lookup.inMemory(key, true);
    return isKept(found) && lookup.isFresh(found);
  }
}
