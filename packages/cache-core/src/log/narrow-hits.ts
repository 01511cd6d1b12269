import type { SelectorToken } from '../selector.ts';
import { Chain, type Link } from './chain.ts';

/** Of hits of less than a prefix. */
interface NarrowLimits {
  /** Of all prefixes together. */
  readonly most: number;
  /** So that one prefix with many writes takes nothing from the others. */
  readonly mostPerPrefix: number;
}

/** A hit of less than a whole prefix. */
export interface NarrowHit<Part> {
  readonly token: SelectorToken;
  /** Null: it has none. */
  readonly prefix: string | null;
  readonly part: Part;
  readonly position: number;
}

interface Places<Part> {
  readonly inPrefix: Link<NarrowHit<Part>>;
  readonly inAll: Link<NarrowHit<Part>>;
}

/**
 * The last position that hit each part of each prefix, in the order of positions. Bounded, first in each prefix, then
 * over all; what has to go is the oldest. Hits have to be added in the order of their positions. What has no prefix is
 * bounded only with all: everything would pay for what is forgotten of it. Each call takes the same time however many
 * there are.
 */
export class NarrowHits<Part> {
  readonly #limits: NarrowLimits;
  readonly #places = new Map<SelectorToken, Places<Part>>();
  readonly #prefixes = new Map<string | null, Chain<NarrowHit<Part>>>();
  #all = new Chain<NarrowHit<Part>>();

  constructor(limits: NarrowLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#all.size;
  }

  /** Answers what had to make room, if anything: from now on it counts as a hit of its whole prefix, at its position. */
  add(hit: NarrowHit<Part>): NarrowHit<Part> | null {
    const { token, prefix } = hit;
    const before = this.#places.get(token);
    if (before) this.#remove(before);
    const ofPrefix = this.#prefixes.get(prefix) ?? new Chain();
    this.#prefixes.set(prefix, ofPrefix);
    this.#places.set(token, { inPrefix: ofPrefix.add(hit), inAll: this.#all.add(hit) });
    const { most, mostPerPrefix } = this.#limits;
    if (prefix !== null && ofPrefix.size > mostPerPrefix) return this.#forget(ofPrefix.oldest);
    return this.#all.size > most ? this.#forget(this.#all.oldest) : null;
  }

  positionOf(token: SelectorToken): number | undefined {
    return this.#places.get(token)?.inAll.item.position;
  }

  /** The rest of the prefix follows as `older`. */
  newestOf(prefix: string): Link<NarrowHit<Part>> | null {
    return this.#prefixes.get(prefix)?.newest ?? null;
  }

  clear(): void {
    this.#places.clear();
    this.#prefixes.clear();
    this.#all = new Chain();
  }

  #forget(oldest: Link<NarrowHit<Part>> | null): NarrowHit<Part> | null {
    const places = oldest && this.#places.get(oldest.item.token);
    if (!places) return null;
    this.#remove(places);
    return oldest.item;
  }

  #remove({ inPrefix, inAll }: Places<Part>): void {
    const { token, prefix } = inAll.item;
    this.#places.delete(token);
    this.#all.remove(inAll);
    const ofPrefix = this.#prefixes.get(prefix);
    ofPrefix?.remove(inPrefix);
    if (ofPrefix?.size === 0) this.#prefixes.delete(prefix);
  }
}
