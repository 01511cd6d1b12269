import type { Invalidatable, InvalidationTargets } from '../model/invalidation-targets.ts';
import type { InvalidationMode } from '../model/selector.ts';
import type { InvalidationRecord, Snapshot } from '../ports/invalidation-log.ts';
import { LastHits } from './last-hits.ts';
import type { HitLimits } from './remembered-hits.ts';

const LIMITS: HitLimits = {
  selectors: 10_000,
  scopedHits: 10_000,
  scopedHitsPerPrefix: 2_000,
  // A higher bound per prefix: an entry that was filled by `set` alone stays servable only while its key is remembered.
  keyHits: 20_000,
  keyHitsPerPrefix: 10_000,
};

/** The last hits that this process has applied, for each mode. Hits beyond its bounds are coarsened: see `RememberedHits`. */
export class HitIndex {
  readonly #hits: Readonly<Record<InvalidationMode, LastHits>>;
  #version = 0;

  constructor(limits: Partial<HitLimits> = {}) {
    const all = { ...LIMITS, ...limits };
    this.#hits = { invalidate: new LastHits('invalidate', all), expire: new LastHits('expire', all) };
  }

  /** Changes whenever an answer of this index may have changed. */
  get version(): number {
    return this.#version;
  }

  /** Adds one record of the log. Records have to come in the order of their positions. */
  record({ mode, selectors, position }: Pick<InvalidationRecord, 'mode' | 'selectors' | 'position'>): void {
    this.#version++;
    this.#of(mode).record(selectors.map((selector) => ({ selector, position })));
  }

  /** Returns the last position at which an invalidation (for `expire`: an expiry) hit an entry with these targets, or 0 for none. */
  lastHit(mode: InvalidationMode, targets: InvalidationTargets): number {
    return this.#hits[mode].lastHit(targets);
  }

  /** Returns true if nothing was hit after a position. */
  isQuietSince(position: number): boolean {
    return this.#hits.invalidate.newest <= position && this.#hits.expire.newest <= position;
  }

  /** Returns true if an entry was hit after a position. Cheaper than `lastHit`, especially for a late position. */
  isHitSince(mode: InvalidationMode, entry: Invalidatable, asOf: number): boolean {
    return this.#hits[mode].isHitSince(entry, asOf);
  }

  /** Replaces the content with that of a snapshot, in any order. */
  replace(snapshot: Pick<Snapshot, 'floor' | 'lastHits'>): void {
    this.clear();
    for (const hits of Object.values(this.#hits)) hits.raiseFloor(snapshot.floor);
    for (const hits of Object.values(this.#hits))
      hits.record(snapshot.lastHits.filter(({ mode }) => this.#of(mode) === hits));
  }

  /** A later version may write a mode that this one does not know: it counts as `invalidate`, the strongest. */
  #of(mode: InvalidationMode): LastHits {
    return Object.hasOwn(this.#hits, mode) ? this.#hits[mode] : this.#hits.invalidate;
  }

  clear(): void {
    this.#version++;
    for (const hits of Object.values(this.#hits)) hits.clear();
  }
}
