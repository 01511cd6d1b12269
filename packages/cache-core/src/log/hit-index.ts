import type { Footprint } from '../footprint.ts';
import type { InvalidationMode } from '../selector.ts';
import { type HitLimits, LastHits } from './last-hits.ts';
import type { LogRecord, Snapshot } from './port.ts';

const LIMITS: HitLimits = {
  selectors: 10_000,
  scopedHits: 10_000,
  scopedHitsPerPrefix: 2_000,
  // More in a prefix than the others: what is filled by `set` alone stays servable only while its key is remembered.
  keyHits: 20_000,
  keyHitsPerPrefix: 10_000,
};

/** What hit what, as far as this process has applied the log. What its bounds (of each mode) make it forget counts as hit. */
export class HitIndex {
  readonly #hits: Readonly<Record<InvalidationMode, LastHits>>;
  #version = 0;

  constructor(limits: Partial<HitLimits> = {}) {
    const all = { ...LIMITS, ...limits };
    this.#hits = { invalidate: new LastHits(all), expire: new LastHits(all) };
  }

  /** Changes whenever an answer may have changed. */
  get version(): number {
    return this.#version;
  }

  /** Records come in the order of their positions. */
  record({ mode, selectors, position }: Pick<LogRecord, 'mode' | 'selectors' | 'position'>): void {
    this.#version++;
    for (const selector of selectors) this.#of(mode).record(selector, position);
  }

  /** The last position at which an invalidation (or, for `expire`, an expiry) hit an entry of this footprint; 0 for none. */
  lastHit(mode: InvalidationMode, footprint: Footprint): number {
    return this.#hits[mode].lastHit(footprint);
  }

  /** Whether nothing at all was hit after a position. */
  isQuietSince(position: number): boolean {
    return this.#hits.invalidate.newest <= position && this.#hits.expire.newest <= position;
  }

  /** Whether it was hit after a position; cheaper than `lastHit`, the more so the later the position is. */
  isHitSince(mode: InvalidationMode, footprint: Footprint, asOf: number): boolean {
    return this.#hits[mode].isHitSince(footprint, asOf);
  }

  replace(snapshot: Pick<Snapshot, 'floor' | 'lastHits'>): void {
    this.clear();
    for (const hits of Object.values(this.#hits)) hits.raiseFloor(snapshot.floor);
    const inOrder = [...snapshot.lastHits].sort((a, b) => a.position - b.position);
    for (const { mode, selector, position } of inOrder) this.#of(mode).record(selector, position);
  }

  /** A mode that a later version may write is taken for the strongest. */
  #of(mode: InvalidationMode): LastHits {
    return Object.hasOwn(this.#hits, mode) ? this.#hits[mode] : this.#hits.invalidate;
  }

  clear(): void {
    this.#version++;
    for (const hits of Object.values(this.#hits)) hits.clear();
  }
}
