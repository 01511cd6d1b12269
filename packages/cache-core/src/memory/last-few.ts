/** The last items that were added, up to a fixed number. */
export class LastFew<Item> {
  readonly #items: (Item | undefined)[];
  #next = 0;

  constructor(length: number) {
    this.#items = new Array<Item | undefined>(length).fill(undefined);
  }

  /** Adds an item. Returns the oldest one, whose place it takes, or undefined if that place is free. */
  add(item: Item): Item | undefined {
    const oldest = this.#items[this.#next];
    this.#items[this.#next] = item;
    this.#next = (this.#next + 1) % this.#items.length;
    return oldest;
  }

  /** Puts an item in the places of another one. */
  replace(before: Item, item: Item): void {
    for (let at = this.#items.indexOf(before); at >= 0; at = this.#items.indexOf(before, at)) this.#items[at] = item;
  }

  /** Frees the places of an item. */
  forget(item: Item): void {
    for (let at = this.#items.indexOf(item); at >= 0; at = this.#items.indexOf(item, at)) this.#items[at] = undefined;
  }
}
