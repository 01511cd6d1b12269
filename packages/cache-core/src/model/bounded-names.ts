/** The common name of all names beyond the bound. */
export const OTHER = '(other)';

/**
 * Bounds the names of counters that live as long as the process: the first `max` distinct names are kept, all later ones
 * become `(other)`. A flood of names therefore takes no more memory.
 */
export class BoundedNames {
  readonly #max: number;
  readonly #names = new Set<string>();

  constructor(max: number) {
    this.#max = max;
  }

  /** Returns the name under which to count: the name itself, or `(other)`. */
  of(name: string): string {
    if (this.#names.has(name)) return name;
    if (this.#names.size >= this.#max) return OTHER;
    this.#names.add(name);
    return name;
  }
}
