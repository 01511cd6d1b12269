import type { Kept } from './kept.ts';

/** An entry's place in one of the queues. */
export class Slot {
  kept: Kept;
  bytes: number;
  /** How often it was asked for since it came, less what each reprieve has cost. */
  hits: number;
  queue: Queue | null = null;
  newer: Slot | null = null;
  older: Slot | null = null;

  constructor(kept: Kept, hits: number) {
    this.kept = kept;
    this.bytes = kept.sizeBytes;
    this.hits = hits;
  }
}

/** First in, first out. Each slot is in one queue at most; every operation takes the same time however long it is. */
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
