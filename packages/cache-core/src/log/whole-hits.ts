import { Chain, type ChainNode } from './chain.ts';
import { isBefore, type SelectorHit } from './hit.ts';

/** The last hits of the kind `whole` (everything, prefixes and tags), ordered by position and name. Their number is bounded. */
export class WholeHits {
  readonly #limit: number;
  readonly #nodes = new Map<string, ChainNode<SelectorHit>>();
  #inOrder = new Chain<SelectorHit>();
  /** The place of the last hit that was not the newest. The next one belongs near it, so the search starts here. */
  #lastLate: ChainNode<SelectorHit> | null = null;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#inOrder.size;
  }

  /** The newest hit; the rest follows as `older`, in the order of positions. */
  get newest(): ChainNode<SelectorHit> | null {
    return this.#inOrder.newest;
  }

  /** Records a hit, unless the same selector was hit at this position or later. */
  add(hit: SelectorHit): void {
    const before = this.#nodes.get(hit.name);
    if (before) {
      if (before.item.position >= hit.position) return;
      this.#remove(before);
    }
    const { newest } = this.#inOrder;
    const isNewest = newest === null || isBefore(newest.item, hit);
    const node = this.#inOrder.add(hit, isNewest ? newest : this.#placeOf(hit));
    this.#nodes.set(hit.name, node);
    if (!isNewest) this.#lastLate = node;
  }

  /** Removes the oldest hits beyond the bound. Returns the position of the last that it removed, or null for none. */
  forgetExcess(): number | null {
    let forgotten: number | null = null;
    for (let { oldest } = this.#inOrder; oldest && this.size > this.#limit; oldest = this.#inOrder.oldest) {
      this.#remove(oldest);
      forgotten = oldest.item.position;
    }
    return forgotten;
  }

  positionOf(name: string): number | undefined {
    return this.#nodes.get(name)?.item.position;
  }

  /** All hits, the oldest first. */
  *all(): Generator<SelectorHit> {
    for (let node = this.#inOrder.oldest; node; node = node.newer) yield node.item;
  }

  clear(): void {
    this.#nodes.clear();
    this.#inOrder = new Chain();
    this.#lastLate = null;
  }

  /** Returns the node after which a hit belongs, or null if it is the oldest. */
  #placeOf(hit: SelectorHit): ChainNode<SelectorHit> | null {
    let place = this.#lastLate ?? this.#inOrder.oldest;
    while (place?.newer && isBefore(place.newer.item, hit)) place = place.newer;
    while (place && !isBefore(place.item, hit)) place = place.older;
    return place;
  }

  #remove(node: ChainNode<SelectorHit>): void {
    if (this.#lastLate === node) this.#lastLate = node.older;
    this.#nodes.delete(node.item.name);
    this.#inOrder.remove(node);
  }
}
