/** The maximum number of texts or lists that are remembered. Then all are forgotten, so that those in use are remembered again. */
const MAX_REMEMBERED = 1_000;
/** A longer list is probably the only one of its kind. */
const MAX_SHARED_LENGTH = 10;

/** Texts that many entries have: equal texts take the memory of one. */
export class SharedTexts {
  readonly #texts = new Map<string, string>();

  /** Returns an earlier text that is equal, or the text itself. */
  of(text: string): string {
    const there = this.#texts.get(text);
    if (there !== undefined) return there;
    if (this.#texts.size >= MAX_REMEMBERED) this.#texts.clear();
    this.#texts.set(text, text);
    return text;
  }
}

/** Lists of texts that many entries have, such as their tags: equal lists take the memory of one. */
export class SharedLists {
  readonly #lists = new Map<string, readonly string[]>();

  /** Returns an earlier list with the same texts, or null. */
  find(list: readonly string[]): readonly string[] | null {
    const there = this.#lists.get(nameOf(list));
    // Two lists may have one name, because a text may contain the separator.
    return there && there.length === list.length && there.every((text, i) => text === list[i]) ? there : null;
  }

  /** Returns a frozen copy of a list. `find` returns it from now on. */
  add(list: readonly string[]): readonly string[] {
    const copy = Object.freeze([...list]);
    if (list.length > MAX_SHARED_LENGTH) return copy;
    if (this.#lists.size >= MAX_REMEMBERED) this.#lists.clear();
    this.#lists.set(nameOf(list), copy);
    return copy;
  }
}

const nameOf = (list: readonly string[]): string => list.join('\0');
