/**
 * A map bounded in bytes, which forgets the entries that were used longest ago. It approximates LRU by two generations, as hashlru
 * (https://www.npmjs.com/package/hashlru) does: an entry enters the younger one, a full younger generation becomes the older one, and
 * the entries of the older one that were not used meanwhile are forgotten together. So reading an entry of the younger generation
 * moves nothing. The linked list of an exact LRU costs a read five more visits to memory, which dominate with many entries.
 */
export class RecentMap<Value> {
  readonly #maxBytes: number;
  readonly #bytesOf: (key: string) => number;
  #younger = new Map<string, Value>();
  #older = new Map<string, Value>();
  #youngerBytes = 0;

  /**
   * @param maxBytes of both generations, beyond which it holds at most one entry
   * @param bytesOf returns the bytes of the entry with this key
   */
  constructor(maxBytes: number, bytesOf: (key: string) => number) {
    this.#maxBytes = maxBytes;
    this.#bytesOf = bytesOf;
  }

  get size(): number {
    return this.#younger.size + this.#older.size;
  }

  get(key: string): Value | undefined {
    const young = this.#younger.get(key);
    if (young !== undefined) return young;
    const old = this.#older.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: string, value: Value): void {
    this.#older.delete(key);
    if (!this.#younger.has(key)) this.#youngerBytes += this.#bytesOf(key);
    this.#younger.set(key, value);
    if (this.#youngerBytes <= this.#maxBytes / 2) return;
    this.#older = this.#younger;
    this.#younger = new Map();
    this.#youngerBytes = 0;
  }
}
