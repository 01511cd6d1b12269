import { Chain, type ChainNode } from './chain.ts';
import type { Hit } from './hit.ts';

interface NarrowLimits {
  /** Of all prefixes together. */
  readonly total: number;
  /** Keeps one prefix with many writes from taking the room of the others. */
  readonly perPrefix: number;
}

const NONE: readonly Hit[] = [];

interface Links {
  readonly inPrefix: ChainNode<Hit>;
  readonly inAll: ChainNode<Hit>;
}

/**
 * The last hit of each scoped selector, or of each key: selectors that hit less than a prefix. Bounded per prefix and in total.
 * Hits have to be added in the order of their positions. Hits without a prefix count towards the total only, because forgetting
 * one of them invalidates everything. Each call takes constant time.
 */
export class NarrowHits {
  readonly #limits: NarrowLimits;
  readonly #links = new Map<string, Links>();
  readonly #prefixes = new Map<string | null, Chain<Hit>>();
  /** The prefixes that gained a hit since the last `takeExcess`. */
  readonly #grown = new Set<string>();
  #all = new Chain<Hit>();

  constructor(limits: NarrowLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#all.size;
  }

  add(hit: Hit): void {
    const { name, prefix } = hit;
    const before = this.#links.get(name);
    if (before) this.#remove(before);
    const ofPrefix = this.#prefixes.get(prefix) ?? new Chain();
    this.#prefixes.set(prefix, ofPrefix);
    this.#links.set(name, { inPrefix: ofPrefix.add(hit), inAll: this.#all.add(hit) });
    if (prefix !== null && ofPrefix.size > this.#limits.perPrefix) this.#grown.add(prefix);
  }

  /** Removes and returns the oldest hits beyond the bounds: first those of each prefix, then those of the total. */
  takeExcess(): readonly Hit[] {
    const { perPrefix, total } = this.#limits;
    if (this.#grown.size === 0 && this.#all.size <= total) return NONE;
    const excess: Hit[] = [];
    for (const prefix of this.#grown) {
      const ofPrefix = this.#prefixes.get(prefix);
      if (ofPrefix) this.#takeOldest(ofPrefix, perPrefix, excess);
    }
    this.#grown.clear();
    this.#takeOldest(this.#all, total, excess);
    return excess;
  }

  positionOf(name: string): number | undefined {
    return this.#links.get(name)?.inAll.item.position;
  }

  /** The newest hit of a prefix; the rest of the prefix follows as `older`. */
  newestOf(prefix: string): ChainNode<Hit> | null {
    return this.#prefixes.get(prefix)?.newest ?? null;
  }

  /** All hits, the oldest first. */
  *all(): Generator<Hit> {
    for (let link = this.#all.oldest; link; link = link.newer) yield link.item;
  }

  clear(): void {
    this.#links.clear();
    this.#prefixes.clear();
    this.#grown.clear();
    this.#all = new Chain();
  }

  #takeOldest(chain: Chain<Hit>, limit: number, taken: Hit[]): void {
    while (chain.oldest && chain.size > limit) {
      const links = this.#links.get(chain.oldest.item.name);
      if (!links) return;
      this.#remove(links);
      taken.push(links.inAll.item);
    }
  }

  #remove({ inPrefix, inAll }: Links): void {
    const { name, prefix } = inAll.item;
    this.#links.delete(name);
    this.#all.remove(inAll);
    const ofPrefix = this.#prefixes.get(prefix);
    ofPrefix?.remove(inPrefix);
    if (ofPrefix?.size === 0) this.#prefixes.delete(prefix);
  }
}
