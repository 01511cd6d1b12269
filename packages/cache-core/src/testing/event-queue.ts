/** An event at an instant. */
export interface ScheduledEvent {
  readonly at: number;
  /** Orders events of the same instant, the lowest first. */
  readonly rank: number;
  /** Null once it has run or was cancelled. */
  run: (() => void) | null;
  /** True if it settles no promise, so that nothing has to run before the next event. */
  readonly isQuiet: boolean;
}

/** Events in time order, in a binary heap. A cancelled event stays in it until its instant. */
export class EventQueue {
  readonly #heap: ScheduledEvent[] = [];

  add(event: ScheduledEvent): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(event);
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || !isEarlier(event, parent)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = event;
  }

  /** Removes and returns the next event that is due by then and was not cancelled. */
  take(until: number): ScheduledEvent | undefined {
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined || (first.run !== null && first.at > until)) return undefined;
      this.#removeFirst();
      if (first.run !== null) return first;
    }
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (let below = 1; below < heap.length; below = 2 * at + 1) {
      let child = heap[below];
      const right = heap[below + 1];
      if (child !== undefined && right !== undefined && isEarlier(right, child)) {
        child = right;
        below++;
      }
      if (child === undefined || !isEarlier(child, last)) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = last;
  }
}

function isEarlier(a: ScheduledEvent, b: ScheduledEvent): boolean {
  return a.at < b.at || (a.at === b.at && a.rank < b.rank);
}
