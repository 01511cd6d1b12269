/** What is counted under a name that came too late. */
export const OTHER = '(other)';

/**
 * Names that something is counted under for ever, of which a flood must not make ever more: the first `most` distinct ones
 * stand for themselves, all later ones together for `(other)`.
 */
export class BoundedNames {
  readonly #most: number;
  readonly #names = new Set<string>();

  constructor(most: number) {
    this.#most = most;
  }

  of(name: string): string {
    if (this.#names.has(name)) return name;
    if (this.#names.size >= this.#most) return OTHER;
    this.#names.add(name);
    return name;
  }
}
