const FEWEST_PLACES = 64;

/**
 * Which keys left lately, and how often they had been asked for: by hash, one place for each, where a later key takes the
 * place of an earlier one. So what it says may be of another key: it only advises.
 */
export class Ghosts {
  #hashes = new Int32Array(FEWEST_PLACES);
  #hits = new Uint8Array(FEWEST_PLACES);

  remember(key: string, hits: number): void {
    const hash = hashOf(key);
    const place = hash & (this.#hashes.length - 1);
    this.#hashes[place] = hash;
    this.#hits[place] = hits + 1; // 0: nobody is there
  }

  /** How often a key had been asked for when it left, and forgets it; null when nothing is known. */
  recall(key: string): number | null {
    const hash = hashOf(key);
    const place = hash & (this.#hashes.length - 1);
    const hits = this.#hits[place] ?? 0;
    if (hits === 0 || this.#hashes[place] !== hash) return null;
    this.#hits[place] = 0;
    return hits - 1;
  }

  /** Has at least as many places as there are entries. What it knew is kept. */
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

/** FNV-1a over the UTF-16 units, its bits mixed once more as MurmurHash3 ends. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35) ^ (hash >>> 16);
}
