const MIN_SLOTS = 64;

/**
 * The keys that were evicted lately, with their hits: by hash, in one slot each, where a later key replaces an earlier
 * one. The answer may belong to another key, so it is only advice.
 */
export class Ghosts {
  #hashes = new Int32Array(MIN_SLOTS);
  #hits = new Uint8Array(MIN_SLOTS);

  remember(key: string, hits: number): void {
    const hash = hashOf(key);
    const place = hash & (this.#hashes.length - 1);
    this.#hashes[place] = hash;
    this.#hits[place] = hits + 1; // 0 marks an empty slot
  }

  /** Returns and forgets the hits that a key had when it was evicted; null if they are unknown. */
  recall(key: string): number | null {
    const hash = hashOf(key);
    const place = hash & (this.#hashes.length - 1);
    const hits = this.#hits[place] ?? 0;
    if (hits === 0 || this.#hashes[place] !== hash) return null;
    this.#hits[place] = 0;
    return hits - 1;
  }

  /** Grows to at least this number of slots and keeps the content. */
  growTo(entries: number): void {
    if (entries <= this.#hashes.length) return;
    const [hashes, hits] = [this.#hashes, this.#hits];
    this.#hashes = new Int32Array(2 * hashes.length);
    this.#hits = new Uint8Array(2 * hashes.length);
    hashes.forEach((hash, place) => {
      const at = hash & (this.#hashes.length - 1);
      this.#hashes[at] = hash;
      this.#hits[at] = hits[place] ?? 0;
    });
  }
}

/** FNV-1a over the UTF-16 units, with the finalizer of MurmurHash3. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35) ^ (hash >>> 16);
}
