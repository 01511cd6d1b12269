import { Chain, type ChainNode } from './chain.ts';
import { type Hit, isBefore } from './hit.ts';

/** The last hit of each selector of everything, a prefix or a tag, ordered by position and name, and bounded. */
export class WholeHits {
  readonly #limit: number;
  readonly #links = new Map<string, ChainNode<Hit>>();
  #inOrder = new Chain<Hit>();
  /** The place of the last hit that was not the newest. The next one belongs near it, so the search starts here. */
  #lastLate: ChainNode<Hit> | null = null;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#inOrder.size;
  }

  /** Records a hit, unless the same selector was hit at this position or later. */
  add(hit: Hit): void {
    const before = this.#links.get(hit.name);
    if (before) {
      if (before.item.position >= hit.position) return;
      this.#remove(before);
    }
    const { newest } = this.#inOrder;
    const isNewest = newest === null || isBefore(newest.item, hit);
    const link = this.#inOrder.add(hit, isNewest ? newest : this.#placeOf(hit));
    this.#links.set(hit.name, link);
    if (!isNewest) this.#lastLate = link;
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
    return this.#links.get(name)?.item.position;
  }

  /** All hits, the oldest first. */
  *all(): Generator<Hit> {
    for (let link = this.#inOrder.oldest; link; link = link.newer) yield link.item;
  }

  clear(): void {
    this.#links.clear();
    this.#inOrder = new Chain();
    this.#lastLate = null;
  }

  /** Returns the link after which a hit belongs, or null if it is the oldest. */
  #placeOf(hit: Hit): ChainNode<Hit> | null {
    let place = this.#lastLate ?? this.#inOrder.oldest;
    while (place?.newer && isBefore(place.newer.item, hit)) place = place.newer;
    while (place && !isBefore(place.item, hit)) place = place.older;
    return place;
  }

  #remove(link: ChainNode<Hit>): void {
    if (this.#lastLate === link) this.#lastLate = link.older;
    this.#links.delete(link.item.name);
    this.#inOrder.remove(link);
  }
}
