import { Chain, type ChainNode } from './chain.ts';
import type { SelectorHit } from './hit.ts';

interface NarrowLimits {
  /** The maximum of all prefixes together. */
  readonly total: number;
  /** The maximum per prefix, so that a prefix with many writes does not displace the hits of others. */
  readonly perPrefix: number;
}

const NONE: readonly SelectorHit[] = [];

interface HitNodes {
  readonly inPrefix: ChainNode<SelectorHit>;
  readonly inAll: ChainNode<SelectorHit>;
}

/**
 * The last hit of each scoped selector, or of each key: selectors that hit less than a prefix. Bounded per prefix and in total.
 * Hits have to be added in the order of their positions. Hits without a prefix count towards the total only, because forgetting
 * one of them invalidates everything. Each call takes constant time.
 */
export class NarrowHits {
  readonly #limits: NarrowLimits;
  readonly #nodes = new Map<string, HitNodes>();
  readonly #prefixes = new Map<string | null, Chain<SelectorHit>>();
  /** The prefixes that gained a hit since the last `takeExcess`. */
  readonly #grown = new Set<string>();
  #all = new Chain<SelectorHit>();

  constructor(limits: NarrowLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#all.size;
  }

  /** The newest hit; the rest follows as `older`, in the order of positions. */
  get newest(): ChainNode<SelectorHit> | null {
    return this.#all.newest;
  }

  add(hit: SelectorHit): void {
    const { name, prefix } = hit;
    const before = this.#nodes.get(name);
    if (before) this.#remove(before);
    const ofPrefix = this.#prefixes.get(prefix) ?? new Chain();
    this.#prefixes.set(prefix, ofPrefix);
    this.#nodes.set(name, { inPrefix: ofPrefix.add(hit), inAll: this.#all.add(hit) });
    if (prefix !== null && ofPrefix.size > this.#limits.perPrefix) this.#grown.add(prefix);
  }

  /** Removes and returns the oldest hits beyond the bounds: first those of each prefix, then those of the total. */
  takeExcess(): readonly SelectorHit[] {
    const { perPrefix, total } = this.#limits;
    if (this.#grown.size === 0 && this.#all.size <= total) return NONE;
    const excess: SelectorHit[] = [];
    for (const prefix of this.#grown) {
      const ofPrefix = this.#prefixes.get(prefix);
      if (ofPrefix) this.#takeOldest(ofPrefix, perPrefix, excess);
    }
    this.#grown.clear();
    this.#takeOldest(this.#all, total, excess);
    return excess;
  }

  positionOf(name: string): number | undefined {
    return this.#nodes.get(name)?.inAll.item.position;
  }

  /** The newest hit of a prefix; the rest of the prefix follows as `older`. */
  newestOf(prefix: string): ChainNode<SelectorHit> | null {
    return this.#prefixes.get(prefix)?.newest ?? null;
  }

  /** All hits, the oldest first. */
  *all(): Generator<SelectorHit> {
    for (let node = this.#all.oldest; node; node = node.newer) yield node.item;
  }

  clear(): void {
    this.#nodes.clear();
    this.#prefixes.clear();
    this.#grown.clear();
    this.#all = new Chain();
  }

  #takeOldest(chain: Chain<SelectorHit>, limit: number, taken: SelectorHit[]): void {
    while (chain.oldest && chain.size > limit) {
      const nodes = this.#nodes.get(chain.oldest.item.name);
      if (!nodes) return;
      this.#remove(nodes);
      taken.push(nodes.inAll.item);
    }
  }

  #remove({ inPrefix, inAll }: HitNodes): void {
    const { name, prefix } = inAll.item;
    this.#nodes.delete(name);
    this.#all.remove(inAll);
    const ofPrefix = this.#prefixes.get(prefix);
    ofPrefix?.remove(inPrefix);
    if (ofPrefix?.size === 0) this.#prefixes.delete(prefix);
  }
}
