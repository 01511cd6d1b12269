import type { SelectorToken } from '../selector.ts';

/** Of hits of less than a prefix. */
export interface NarrowLimits {
  /** Of all prefixes together. */
  readonly most: number;
  /** So that one prefix with many writes takes nothing from the others. */
  readonly mostPerPrefix: number;
}

/** A hit of less than a whole prefix, in the list of its prefix. */
export interface NarrowHit<Part> {
  readonly token: SelectorToken;
  readonly part: Part;
  readonly position: number;
  readonly prefix: PrefixHits<Part>;
  older: NarrowHit<Part> | null;
  newer: NarrowHit<Part> | null;
}

interface PrefixHits<Part> {
  readonly name: string | null;
  size: number;
  oldest: NarrowHit<Part> | null;
  newest: NarrowHit<Part> | null;
}

/** A hit that no longer fits: from now on it counts as one of its whole prefix (null: of everything), at the same position. */
export interface CoarsenedHit {
  readonly prefix: string | null;
  readonly position: number;
}

/**
 * The last position that hit each part of each prefix, in the order of positions. Bounded, first in each prefix, then
 * over all; what has to go is the oldest. Hits have to be added in the order of their positions. What has no prefix (null)
 * is bounded only with all: everything would pay for what is forgotten of it. Each call takes the same time however many
 * there are.
 */
export class NarrowHits<Part> {
  readonly #limits: NarrowLimits;
  /** The oldest first. */
  readonly #hits = new Map<SelectorToken, NarrowHit<Part>>();
  readonly #prefixes = new Map<string | null, PrefixHits<Part>>();

  constructor(limits: NarrowLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#hits.size;
  }

  /** Answers what had to make room, if anything. */
  add(token: SelectorToken, name: string | null, part: Part, position: number): CoarsenedHit | null {
    this.#remove(this.#hits.get(token));
    const prefix = this.#prefixes.get(name) ?? { name, size: 0, oldest: null, newest: null };
    const hit: NarrowHit<Part> = { token, part, position, prefix, older: prefix.newest, newer: null };
    if (prefix.newest) prefix.newest.newer = hit;
    else prefix.oldest = hit;
    prefix.newest = hit;
    prefix.size++;
    this.#prefixes.set(name, prefix);
    this.#hits.set(token, hit);
    if (name !== null && prefix.size > this.#limits.mostPerPrefix) return this.#remove(prefix.oldest);
    return this.#hits.size > this.#limits.most ? this.#remove(this.#hits.values().next().value) : null;
  }

  positionOf(token: SelectorToken): number | undefined {
    return this.#hits.get(token)?.position;
  }

  /** The rest of the prefix's follows as `older`. */
  newestOf(prefix: string): NarrowHit<Part> | null {
    return this.#prefixes.get(prefix)?.newest ?? null;
  }

  clear(): void {
    this.#hits.clear();
    this.#prefixes.clear();
  }

  #remove(hit: NarrowHit<Part> | null | undefined): CoarsenedHit | null {
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
