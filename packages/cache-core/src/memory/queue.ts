import type { CachedEntry } from '../model/cached-entry.ts';

/** An entry's node in one of the queues. */
export class Slot {
  cached: CachedEntry;
  bytes: number;
  /** Its hits since it was added, less the cost of each time it was spared. */
  hits: number;
  queue: Queue | null = null;
  newer: Slot | null = null;
  older: Slot | null = null;

  constructor(cached: CachedEntry, hits: number) {
    this.cached = cached;
    this.bytes = cached.sizeBytes;
    this.hits = hits;
  }
}

/** A FIFO queue. Each slot is in one queue at most; every operation takes constant time. */
export class Queue {
  bytes = 0;
  length = 0;
  oldest: Slot | null = null;
  #newest: Slot | null = null;

  push(slot: Slot): void {
    slot.queue = this;
    slot.newer = null;
    slot.older = this.#newest;
    if (this.#newest) this.#newest.newer = slot;
    else this.oldest = slot;
    this.#newest = slot;
    this.bytes += slot.bytes;
    this.length++;
  }

  remove(slot: Slot): void {
    if (slot.newer) slot.newer.older = slot.older;
    else this.#newest = slot.older;
    if (slot.older) slot.older.newer = slot.newer;
    else this.oldest = slot.newer;
    slot.queue = slot.newer = slot.older = null;
    this.bytes -= slot.bytes;
    this.length--;
  }

  resize(slot: Slot, bytes: number): void {
    this.bytes += bytes - slot.bytes;
    slot.bytes = bytes;
  }
}
