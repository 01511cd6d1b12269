/** The estimate for a key without a similar key that was read before. It is high, because the entry may have any size. */
const UNKNOWN_BYTES = 65_536;
/** The minimum size, which bounds the number of entries in a command. */
const MIN_BYTES = 4_096;
const MAX_FAMILIES = 1_000;
/** The weight of a smaller entry in the estimate. A larger entry raises the estimate immediately. */
const DECAY = 1 / 8;

/** Estimates the sizes of entries by those that were seen lately under keys that differ only in their last segment. */
export class EntrySizes {
  readonly #families = new Map<string, number>();
  /** The family of the last key: keys that are read together are mostly of one family, and a known text needs no new hash. */
  #family = '';

  of(key: string): number {
    return this.#families.get(this.#familyOf(key)) ?? UNKNOWN_BYTES;
  }

  /** @param bytes 0 if there was no entry */
  note(key: string, bytes: number): void {
    const family = this.#familyOf(key);
    const expected = this.#families.get(family);
    const seen = Math.max(bytes, MIN_BYTES);
    if (seen === expected) return;
    if (expected === undefined && this.#families.size >= MAX_FAMILIES) this.#families.clear();
    const before = expected ?? (bytes > 0 ? 0 : UNKNOWN_BYTES);
    this.#families.set(family, seen > before ? seen : Math.ceil(before + (seen - before) * DECAY));
  }

  #familyOf(key: string): string {
    const length = key.lastIndexOf(':') + 1;
    if (length !== this.#family.length || !key.startsWith(this.#family)) this.#family = key.slice(0, length);
    return this.#family;
  }
}
