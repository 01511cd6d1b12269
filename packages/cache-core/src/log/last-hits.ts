import type { Footprint } from '../footprint.ts';
import { prefixOf } from '../key.ts';
import { meets, type Scope } from '../scope.ts';
import { keyOfToken, readToken, type SelectorToken, tokenOfWhole } from '../selector.ts';
import { Chain, type Link } from './chain.ts';
import { type NarrowHit, NarrowHits } from './narrow-hits.ts';

export interface HitLimits {
  /** Of tokens of everything, prefixes and tags. */
  readonly selectors: number;
  readonly scopedHits: number;
  readonly scopedHitsPerPrefix: number;
  readonly keyHits: number;
  readonly keyHitsPerPrefix: number;
}

interface WholeHit {
  readonly token: SelectorToken;
  readonly position: number;
}

/**
 * The last position that hit each selector, bounded. The rule is the same for what a log keeps for its snapshots, which has
 * no bounds per prefix:
 *
 * 1. Each token is there once, at the last position that hit it.
 * 2. Scoped tokens have bounds of their own, and so have keys. Beyond them the oldest (of its prefix, or of all) is
 *    coarsened: it is taken out, and the unscoped token of its prefix is hit at the position it had, unless that was hit
 *    later already. The prefix of a key is its first segment. A key that has none can only be told from all others by its
 *    name, so it is coarsened to everything; it is in no bound per prefix, so that this comes last.
 * 3. Beyond the bound on the other tokens the oldest is forgotten, and the floor rises to its position: everything at or
 *    below it counts as hit.
 *
 * So what is forgotten makes misses, never stale answers; and of scoped hits and keys, misses of that prefix alone.
 */
export class LastHits {
  readonly #limits: HitLimits;
  /** Of everything, prefixes and tags. */
  readonly #last = new Map<SelectorToken, Link<WholeHit>>();
  /** About the oldest first; what was coarsened comes later than its position. */
  #inOrder = new Chain<WholeHit>();
  readonly #scoped: NarrowHits<Scope>;
  readonly #keys: NarrowHits<null>;
  /** Nothing is known of hits at or below it. */
  #floor = 0;
  /** No hit is later. */
  #newest = 0;

  constructor(limits: HitLimits) {
    this.#limits = limits;
    this.#scoped = new NarrowHits({ most: limits.scopedHits, mostPerPrefix: limits.scopedHitsPerPrefix });
    this.#keys = new NarrowHits({ most: limits.keyHits, mostPerPrefix: limits.keyHitsPerPrefix });
  }

  /** In the order of positions. The token may be of another version: it hits at least what it was meant to. */
  record(text: SelectorToken, position: number): void {
    const { token, scoped } = readToken(text);
    this.#newest = Math.max(this.#newest, position);
    const key = keyOfToken(token);
    if (scoped) this.#coarsen(this.#scoped.add({ token, prefix: scoped.prefix, part: scoped.scope, position }));
    else if (key !== null) this.#coarsen(this.#keys.add({ token, prefix: prefixOf(key), part: null, position }));
    else this.#hit(token, position);
  }

  get newest(): number {
    return this.#newest;
  }

  lastHit({ tokens, prefixes, scope }: Footprint): number {
    let position = this.#floor;
    for (const token of tokens) {
      const at = this.#positionOf(token);
      if (at !== undefined && at > position) position = at;
    }
    if (this.#scoped.size > 0) for (const prefix of prefixes) position = this.#lastScopedAfter(position, prefix, scope);
    return position;
  }

  /** The same as `lastHit(…) > asOf`; looks at nothing older than `asOf`. */
  isHitSince({ tokens, prefixes, scope }: Footprint, asOf: number): boolean {
    if (this.#newest <= asOf) return false;
    if (this.#floor > asOf) return true;
    for (const token of tokens) {
      const at = this.#positionOf(token);
      if (at !== undefined && at > asOf) return true;
    }
    if (this.#scoped.size > 0)
      for (const prefix of prefixes) if (this.#lastScopedAfter(asOf, prefix, scope) > asOf) return true;
    return false;
  }

  raiseFloor(floor: number): void {
    this.#floor = Math.max(this.#floor, floor);
    this.#newest = Math.max(this.#newest, floor);
  }

  clear(): void {
    this.#last.clear();
    this.#inOrder = new Chain();
    this.#scoped.clear();
    this.#keys.clear();
    this.#floor = 0;
    this.#newest = 0;
  }

  #positionOf(token: SelectorToken): number | undefined {
    return token.startsWith('k:') ? this.#keys.positionOf(token) : this.#last.get(token)?.item.position;
  }

  /** The last position after `after` at which a scoped hit of this prefix met the scope; `after` itself for none. */
  #lastScopedAfter(after: number, prefix: string, scope: Scope | null): number {
    let link = this.#scoped.newestOf(prefix);
    while (link !== null && link.item.position > after) {
      if (meets(scope, link.item.part)) return link.item.position;
      link = link.older;
    }
    return after;
  }

  #coarsen(forgotten: NarrowHit<unknown> | null): void {
    if (forgotten) this.#hit(tokenOfWhole(forgotten.prefix), forgotten.position);
  }

  #hit(token: SelectorToken, position: number): void {
    const before = this.#last.get(token);
    if (before) {
      if (before.item.position >= position) return;
      this.#inOrder.remove(before);
    }
    this.#last.set(token, this.#inOrder.add({ token, position }));
    if (this.#inOrder.size > this.#limits.selectors) this.#forgetOldest();
  }

  #forgetOldest(): void {
    const { oldest } = this.#inOrder;
    if (!oldest) return;
    this.#inOrder.remove(oldest);
    this.#last.delete(oldest.item.token);
    this.raiseFloor(oldest.item.position);
  }
}
