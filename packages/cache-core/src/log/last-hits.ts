import type { Footprint } from '../footprint.ts';
import { readToken, type SelectorToken, tokenOfPrefix } from '../selector.ts';
import { type ScopedHitLimits, ScopedHits } from './scoped-hits.ts';

export interface HitLimits extends ScopedHitLimits {
  /** Of tokens without a scope. */
  readonly selectors: number;
}

/**
 * The last position that hit each selector, bounded. The rule is the same for what a log keeps for its snapshots:
 *
 * 1. Each token is there once, at the last position that hit it.
 * 2. Scoped tokens have bounds of their own. Beyond them the oldest (of its prefix, or of all) is coarsened: it is taken out,
 *    and the unscoped token of its prefix is hit at the position it had, unless that was hit later already.
 * 3. Beyond the bound on the other tokens the oldest is forgotten, and the floor rises to its position: everything at or
 *    below it counts as hit.
 *
 * So what is forgotten makes misses, never stale answers; and of scoped hits, misses of that prefix alone.
 */
export class LastHits {
  readonly #limits: HitLimits;
  /** About the oldest first; what was coarsened comes later than its position. */
  readonly #last = new Map<SelectorToken, number>();
  readonly #scoped: ScopedHits;
  /** Nothing is known of hits at or below it. */
  #floor = 0;
  /** No hit is later. */
  #newest = 0;

  constructor(limits: HitLimits) {
    this.#limits = limits;
    this.#scoped = new ScopedHits(limits);
  }

  /** In the order of positions. The token may be of another version: it hits at least what it was meant to. */
  record(text: SelectorToken, position: number): void {
    const { token, scoped } = readToken(text);
    this.#newest = Math.max(this.#newest, position);
    if (!scoped) {
      this.#hit(token, position);
      return;
    }
    const coarsened = this.#scoped.add(token, scoped, position);
    if (coarsened) this.#hit(tokenOfPrefix(coarsened.prefix), coarsened.position);
  }

  lastHit({ tokens, prefixes, scope }: Footprint): number {
    let position = this.#floor;
    for (const token of tokens) {
      const at = this.#last.get(token);
      if (at !== undefined && at > position) position = at;
    }
    if (this.#scoped.size > 0)
      for (const prefix of prefixes) position = this.#scoped.lastAfter(position, prefix, scope);
    return position;
  }

  /** The same as `lastHit(…) > asOf`; looks at nothing older than `asOf`. */
  isHitSince({ tokens, prefixes, scope }: Footprint, asOf: number): boolean {
    if (this.#newest <= asOf) return false;
    if (this.#floor > asOf) return true;
    for (const token of tokens) {
      const at = this.#last.get(token);
      if (at !== undefined && at > asOf) return true;
    }
    if (this.#scoped.size > 0)
      for (const prefix of prefixes) if (this.#scoped.lastAfter(asOf, prefix, scope) > asOf) return true;
    return false;
  }

  raiseFloor(floor: number): void {
    this.#floor = Math.max(this.#floor, floor);
    this.#newest = Math.max(this.#newest, floor);
  }

  clear(): void {
    this.#last.clear();
    this.#scoped.clear();
    this.#floor = 0;
    this.#newest = 0;
  }

  #hit(token: SelectorToken, position: number): void {
    if ((this.#last.get(token) ?? 0) >= position) return;
    // Deleted first, so that it moves to the end.
    this.#last.delete(token);
    this.#last.set(token, position);
    for (const [oldest, at] of this.#last) {
      if (this.#last.size <= this.#limits.selectors) break;
      this.#last.delete(oldest);
      this.raiseFloor(at);
    }
  }
}
