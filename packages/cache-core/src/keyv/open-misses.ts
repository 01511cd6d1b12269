import type { LoadStart } from '../engine/manual-operations.ts';
import type { CacheKey } from '../model/key.ts';

/** Beyond this number the key that was missed first is forgotten: its next set is a write. */
const MAX_KEYS = 10_000;
const MAX_PER_KEY = 100;

/**
 * The recent misses that no set has followed.
 *
 * Invariant: a set does not say which miss it belongs to, so it counts as loaded since the oldest; and it closes the newest, so
 * that the oldest stays until there were as many sets as misses, or its time is over.
 */
export class OpenMisses {
  readonly #withinMs: number;
  /** Each list is ordered from the oldest to the newest. */
  readonly #open = new Map<CacheKey, LoadStart[]>();

  constructor(withinMs: number) {
    this.#withinMs = withinMs;
  }

  note(key: CacheKey, miss: LoadStart): void {
    const open = this.#stillOpen(key, miss.monotonic);
    if (open.length < MAX_PER_KEY) open.push(miss);
    this.#open.delete(key);
    this.#open.set(key, open);
    if (this.#open.size <= MAX_KEYS) return;
    for (const first of this.#open.keys()) {
      this.#open.delete(first);
      return;
    }
  }

  /** Closes a miss of a key that is set now. Returns the oldest open one, or null if none is open. */
  close(key: CacheKey, monotonic: number): LoadStart | null {
    const open = this.#stillOpen(key, monotonic);
    const oldest = open[0] ?? null;
    // If some were not counted, all stay until their time is over.
    if (open.length < MAX_PER_KEY) open.pop();
    if (open.length > 0) this.#open.set(key, open);
    else this.#open.delete(key);
    return oldest;
  }

  #stillOpen(key: CacheKey, monotonic: number): LoadStart[] {
    return this.#open.get(key)?.filter((miss) => monotonic - miss.monotonic < this.#withinMs) ?? [];
  }
}
