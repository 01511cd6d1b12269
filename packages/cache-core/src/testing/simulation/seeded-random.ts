/** Things to draw from, each with its weight: how often it comes compared with the others. */
export type Weighted<Item extends string> = readonly (readonly [item: Item, weight: number])[];

/** Random numbers that are the same for the same seed: xorshift32 (Marsaglia, 2003). */
export class SeededRandom {
  /** Signed: a number of 32 bits is then kept in its place, an unsigned one may need a box of its own. */
  #state: number;

  constructor(seed: number) {
    this.#state = Math.imul(seed, 2_654_435_761) || 1;
  }

  /** From 0 up to, but not including, 1. */
  readonly next = (): number => {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return (state >>> 0) / 4_294_967_296;
  };

  /** A whole number, both ends included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  chance(share: number): boolean {
    return share > 0 && this.next() < share;
  }

  oneOf<Item>(items: readonly Item[]): Item {
    const item = items[this.between(0, items.length - 1)];
    if (item === undefined) throw new Error('expected a list with items, got none');
    return item;
  }

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
