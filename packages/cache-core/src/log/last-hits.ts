import { type Invalidatable, type InvalidationTargets, invalidationTargetsOf } from '../model/invalidation-targets.ts';
import { meets, type Scope } from '../model/scope.ts';
import { type InvalidationMode, readToken, type SelectorToken } from '../model/selector.ts';
import { hitOf, hits, type SelectorHit } from './hit.ts';
import { type HitLimits, RememberedHits } from './remembered-hits.ts';

/**
 * Up to this number of later hits are tested one by one, which takes 20 to 60 ns per hit. Looking up the targets of an entry takes
 * 1 µs or more, because it builds them.
 */
const FEW = 8;

/** The last position of one mode that hit each selector. Answers whether an entry was hit. */
export class LastHits {
  readonly #mode: InvalidationMode;
  readonly #hits: RememberedHits;

  constructor(mode: InvalidationMode, limits: HitLimits) {
    this.#mode = mode;
    this.#hits = new RememberedHits(limits, (_, token) => token);
  }

  /** Records the selectors of one record of the log, or all of a snapshot. No position may be below that of an earlier call. */
  record(hits: readonly { readonly selector: SelectorToken; readonly position: number }[]): void {
    this.#hits.record(hits.map(({ selector, position }) => asUnderstood(this.#mode, selector, position)));
  }

  /** The position of the latest hit. */
  get newest(): number {
    return this.#hits.newest;
  }

  /** Returns the last position that hit an entry with these targets, or 0 for none. */
  lastHit({ tokens, prefixes, scope }: InvalidationTargets): number {
    let position = this.#hits.floor;
    for (const token of tokens) {
      const at = this.#positionOf(token);
      if (at !== undefined && at > position) position = at;
    }
    if (this.#hits.scoped.size > 0)
      for (const prefix of prefixes) position = this.#lastScopedAfter(position, prefix, scope);
    return position;
  }

  /** Returns the same as `lastHit(…) > asOf`, without looking at hits older than `asOf`. */
  isHitSince(entry: Invalidatable, asOf: number): boolean {
    const { newest, floor, whole, scoped, keys } = this.#hits;
    if (newest <= asOf) return false;
    if (floor > asOf) return true;
    let left = FEW;
    for (const kind of [whole.newest, scoped.newest, keys.newest]) {
      for (let node = kind; node !== null && node.item.position > asOf; node = node.older) {
        if (left-- === 0) return this.#isFoundSince(invalidationTargetsOf(entry.key, entry.tags, entry.scope), asOf);
        if (hits(node.item, entry)) return true;
      }
    }
    return false;
  }

  #isFoundSince({ tokens, prefixes, scope }: InvalidationTargets, asOf: number): boolean {
    for (const token of tokens) {
      const at = this.#positionOf(token);
      if (at !== undefined && at > asOf) return true;
    }
    if (this.#hits.scoped.size > 0)
      for (const prefix of prefixes) if (this.#lastScopedAfter(asOf, prefix, scope) > asOf) return true;
    return false;
  }

  raiseFloor(floor: number): void {
    this.#hits.raiseFloor(floor);
  }

  clear(): void {
    this.#hits.clear();
  }

  #positionOf(token: SelectorToken): number | undefined {
    return token.startsWith('k:') ? this.#hits.keys.positionOf(token) : this.#hits.whole.positionOf(token);
  }

  /** Returns the last position after `after` at which a scoped hit of this prefix met the scope, or `after` for none. */
  #lastScopedAfter(after: number, prefix: string, scope: Scope | null): number {
    let node = this.#hits.scoped.newestOf(prefix);
    while (node !== null && node.item.position > after) {
      if (node.item.scope === null || meets(scope, node.item.scope)) return node.item.position;
      node = node.older;
    }
    return after;
  }
}

/** The token may be of another version of this program: the hit is at least as wide as that version meant it. */
function asUnderstood(mode: InvalidationMode, selector: SelectorToken, position: number): SelectorHit {
  const { token, scoped } = readToken(selector);
  return hitOf(token, mode, token, position, scoped);
}
