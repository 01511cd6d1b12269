import { meets, type Scope } from '../scope.ts';
import type { ScopedPrefix, SelectorToken } from '../selector.ts';

export interface ScopedHitLimits {
  /** Of all prefixes together. */
  readonly scopedHits: number;
  /** So that one prefix with many writes takes nothing from the others. */
  readonly scopedHitsPerPrefix: number;
}

interface ScopedHit {
  readonly token: SelectorToken;
  readonly scope: Scope;
  readonly position: number;
  readonly prefix: PrefixHits;
  older: ScopedHit | null;
  newer: ScopedHit | null;
}

interface PrefixHits {
  readonly name: string;
  size: number;
  oldest: ScopedHit | null;
  newest: ScopedHit | null;
}

/** A hit that no longer fits: from now on it counts as one of its whole prefix, at the same position. */
export interface CoarsenedHit {
  readonly prefix: string;
  readonly position: number;
}

/**
 * The last position that hit each scope of each prefix, in the order of positions. Bounded, first in each prefix, then
 * over all; what has to go is the oldest. Hits have to be added in the order of their positions.
 */
export class ScopedHits {
  readonly #limits: ScopedHitLimits;
  /** The oldest first. */
  readonly #hits = new Map<SelectorToken, ScopedHit>();
  readonly #prefixes = new Map<string, PrefixHits>();

  constructor(limits: ScopedHitLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#hits.size;
  }

  /** Answers what had to make room, if anything. */
  add(token: SelectorToken, { prefix: name, scope }: ScopedPrefix, position: number): CoarsenedHit | null {
    this.#remove(this.#hits.get(token));
    const prefix = this.#prefixes.get(name) ?? { name, size: 0, oldest: null, newest: null };
    const hit: ScopedHit = { token, scope, position, prefix, older: prefix.newest, newer: null };
    if (prefix.newest) prefix.newest.newer = hit;
    else prefix.oldest = hit;
    prefix.newest = hit;
    prefix.size++;
    this.#prefixes.set(name, prefix);
    this.#hits.set(token, hit);
    if (prefix.size > this.#limits.scopedHitsPerPrefix) return this.#remove(prefix.oldest);
    return this.#hits.size > this.#limits.scopedHits ? this.#remove(this.#hits.values().next().value) : null;
  }

  /** The last position after `after` at which a hit of this prefix met the scope; `after` itself for none. */
  lastAfter(after: number, prefix: string, scope: Scope | null): number {
    let hit = this.#prefixes.get(prefix)?.newest ?? null;
    while (hit !== null && hit.position > after) {
      if (meets(scope, hit.scope)) return hit.position;
      hit = hit.older;
    }
    return after;
  }

  clear(): void {
    this.#hits.clear();
    this.#prefixes.clear();
  }

  #remove(hit: ScopedHit | null | undefined): CoarsenedHit | null {
    if (!hit) return null;
    const { prefix, older, newer } = hit;
    if (older) older.newer = newer;
    else prefix.oldest = newer;
    if (newer) newer.older = older;
    else prefix.newest = older;
    if (--prefix.size === 0) this.#prefixes.delete(prefix.name);
    this.#hits.delete(hit.token);
    return { prefix: prefix.name, position: hit.position };
  }
}
