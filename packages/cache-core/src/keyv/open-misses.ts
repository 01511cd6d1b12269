import type { LoadStart } from '../engine/values.ts';
import type { CacheKey } from '../key.ts';

/** Beyond them the key that was missed first is forgotten: the next set of it is a write. */
const MOST_KEYS = 10_000;
const MOST_OF_ONE_KEY = 100;

/**
 * The misses of the last while that no set has followed.
 *
 * Invariant: nobody can tell which miss a set belongs to, so it is held against the oldest; and it closes the newest, so
 * that the oldest is there until as many were set as had missed, or its time is over.
 */
export class OpenMisses {
  readonly #withinMs: number;
  /** Each list from the oldest to the newest. */
  readonly #open = new Map<CacheKey, LoadStart[]>();

  constructor(withinMs: number) {
    this.#withinMs = withinMs;
  }

  note(key: CacheKey, miss: LoadStart): void {
    const open = this.#stillOpen(key, miss.monotonic);
    if (open.length < MOST_OF_ONE_KEY) open.push(miss);
    this.#open.delete(key);
    this.#open.set(key, open);
    if (this.#open.size <= MOST_KEYS) return;
    for (const first of this.#open.keys()) {
      this.#open.delete(first);
      return;
    }
  }

  /** The oldest open miss of a key that is set now; null: none is open. */
  close(key: CacheKey, monotonic: number): LoadStart | null {
    const open = this.#stillOpen(key, monotonic);
    const oldest = open[0] ?? null;
    // Where some were not counted, all are left to time.
    if (open.length < MOST_OF_ONE_KEY) open.pop();
    if (open.length > 0) this.#open.set(key, open);
    else this.#open.delete(key);
    return oldest;
  }

  #stillOpen(key: CacheKey, monotonic: number): LoadStart[] {
    return this.#open.get(key)?.filter((miss) => monotonic - miss.monotonic < this.#withinMs) ?? [];
  }
}
