/** Items to draw from, each with its relative weight. */
export type Weighted<Item extends string> = readonly (readonly [item: Item, weight: number])[];

/** Random numbers that repeat for the same seed: xorshift32 (Marsaglia, 2003). */
export class SeededRandom {
  /** Signed, so that the engine stores it as a 32-bit integer; an unsigned number may need its own heap object. */
  #state: number;

  constructor(seed: number) {
    this.#state = Math.imul(seed, 2_654_435_761) || 1;
  }

  /** Returns a number from 0 up to, but not including, 1. */
  readonly next = (): number => {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return (state >>> 0) / 4_294_967_296;
  };

  /** Returns a whole number, both ends included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  /** Returns true with this probability, 0 to 1. */
  chance(share: number): boolean {
    return share > 0 && this.next() < share;
  }

  /** Returns one of the items, each with the same probability. Throws if the list is empty. */
  oneOf<Item>(items: readonly Item[]): Item {
    const item = items[this.between(0, items.length - 1)];
    if (item === undefined) throw new Error('expected a list with items, got none');
    return item;
  }

  /** Returns one of the items, with a probability in proportion to its weight. */
  weighted<Item extends string>(items: Weighted<Item>): Item {
    let sum = 0;
    for (const item of items) sum += item[1];
    let left = this.next() * sum;
    for (const item of items) {
      left -= item[1];
      if (left < 0) return item[0];
    }
    return this.oneOf(items)[0];
  }
}
