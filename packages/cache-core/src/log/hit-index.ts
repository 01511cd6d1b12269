import type { InvalidationMode, SelectorToken } from '../selector.ts';
import type { LogRecord, Snapshot } from './port.ts';

/**
 * The last position that hit each selector, as far as this process has applied the log. Bounded: what it forgets raises
 * `floor`, below which everything counts as hit. So forgetting makes misses, never stale answers.
 */
export class HitIndex {
  readonly #limit: number;
  readonly #last: Record<InvalidationMode, Map<SelectorToken, number>> = { invalidate: new Map(), expire: new Map() };
  #floor = 0;

  constructor(limit = 10_000) {
    this.#limit = limit;
  }

  record({ mode, selectors, position }: Pick<LogRecord, 'mode' | 'selectors' | 'position'>): void {
    const last = this.#last[mode];
    for (const selector of selectors) {
      // Deleted first, so that the map stays in the order of positions and its first is the oldest.
      last.delete(selector);
      last.set(selector, position);
    }
    for (const [oldest, at] of last) {
      if (last.size <= this.#limit) break;
      last.delete(oldest);
      this.#floor = Math.max(this.#floor, at);
    }
  }

  /** The last position at which an invalidation (or, for `expire`, an expiry) hit any of these selectors; 0 for none. */
  lastHit(mode: InvalidationMode, selectors: readonly SelectorToken[]): number {
    const last = this.#last[mode];
    let position = this.#floor;
    if (last.size === 0) return position;
    for (const selector of selectors) {
      const at = last.get(selector);
      if (at !== undefined && at > position) position = at;
    }
    return position;
  }

  replace(snapshot: Pick<Snapshot, 'floor' | 'lastHits'>): void {
    this.clear();
    this.#floor = snapshot.floor;
    const inOrder = [...snapshot.lastHits].sort((a, b) => a.position - b.position);
    for (const { mode, selector, position } of inOrder) this.record({ mode, selectors: [selector], position });
  }

  clear(): void {
    this.#floor = 0;
    this.#last.invalidate.clear();
    this.#last.expire.clear();
  }
}
