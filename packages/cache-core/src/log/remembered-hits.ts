import { type InvalidationMode, type SelectorToken, tokenOfWhole } from '../model/selector.ts';
import { hitOf, isBefore, type SelectorHit } from './hit.ts';
import { NarrowHits } from './narrow-hits.ts';
import { WholeHits } from './whole-hits.ts';

/** The maximum numbers of remembered selectors, by kind. */
export interface HitLimits {
  /** Selectors of everything, prefixes and tags. */
  readonly selectors: number;
  readonly scopedHits: number;
  readonly scopedHitsPerPrefix: number;
  readonly keyHits: number;
  readonly keyHitsPerPrefix: number;
}

/**
 * The last position that hit each selector, in bounded memory. This class defines what an invalidation log forgets. Followers and the logs in memory share
 * this implementation; `redis/scripts/append.lua` has the same rule, and a property test in `redis/` drives both with the same
 * histories.
 *
 * 1. Each selector is remembered once, at the last position that hit it.
 * 2. Scoped selectors and keys have bounds of their own. Beyond them the oldest hit (of its prefix, or in total) is coarsened: it
 *    is removed, and the whole prefix counts as hit at its position, unless the prefix was hit later already. The prefix of a
 *    key is its first segment. A key without a prefix is coarsened to everything, so it counts towards no bound per prefix.
 * 3. Beyond the bound on everything, prefixes and tags, the oldest hit is forgotten and the floor rises to its position:
 *    everything at or below the floor counts as hit.
 *
 * So forgetting causes misses and never stale answers, and forgetting a scoped hit or a key causes misses in its prefix only.
 */
export class RememberedHits {
  readonly whole: WholeHits;
  readonly scoped: NarrowHits;
  readonly keys: NarrowHits;
  readonly #nameOf: (mode: InvalidationMode, token: SelectorToken) => string;
  #floor = 0;
  #newest = 0;

  /** @param nameOf returns the name of a hit: hits of different modes are separate only if their names differ */
  constructor(limits: HitLimits, nameOf: (mode: InvalidationMode, token: SelectorToken) => string) {
    this.#nameOf = nameOf;
    this.whole = new WholeHits(limits.selectors);
    this.scoped = new NarrowHits({ total: limits.scopedHits, perPrefix: limits.scopedHitsPerPrefix });
    this.keys = new NarrowHits({ total: limits.keyHits, perPrefix: limits.keyHitsPerPrefix });
  }

  /** Every position at or below it counts as hit, because hits up to it may be forgotten. */
  get floor(): number {
    return this.#floor;
  }

  /** The position of the latest hit. */
  get newest(): number {
    return this.#newest;
  }

  /** Records the hits of one append, or of a snapshot. None may be older than the hits of an earlier call. */
  record(hits: readonly SelectorHit[]): void {
    for (const hit of hits.length > 1 ? hits.toSorted((a, b) => (isBefore(a, b) ? -1 : 1)) : hits) {
      this.#newest = Math.max(this.#newest, hit.position);
      this.#ofKind(hit.kind).add(hit);
    }
    for (const hit of this.scoped.takeExcess()) this.#coarsen(hit);
    for (const hit of this.keys.takeExcess()) this.#coarsen(hit);
    const forgotten = this.whole.forgetExcess();
    if (forgotten !== null) this.raiseFloor(forgotten);
  }

  raiseFloor(floor: number): void {
    this.#floor = Math.max(this.#floor, floor);
    this.#newest = Math.max(this.#newest, floor);
  }

  clear(): void {
    for (const kind of ['whole', 'scoped', 'key'] as const) this.#ofKind(kind).clear();
    this.#floor = 0;
    this.#newest = 0;
  }

  #ofKind(kind: SelectorHit['kind']): WholeHits | NarrowHits {
    if (kind === 'whole') return this.whole;
    return kind === 'scoped' ? this.scoped : this.keys;
  }

  /** The whole prefix of a forgotten hit counts as hit at its position. */
  #coarsen({ mode, prefix, position }: SelectorHit): void {
    const token = tokenOfWhole(prefix);
    this.whole.add(hitOf(this.#nameOf(mode, token), mode, token, position, null));
  }
}
