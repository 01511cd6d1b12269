/** Something that happens at an instant. */
export interface ScheduledEvent {
  readonly at: number;
  /** Decides among those of one instant: the lowest first. */
  readonly rank: number;
  /** Null once it has happened or was called off. */
  run: (() => void) | null;
  /** It settles no promise, so that nothing has to run before the next event. */
  readonly wakesNobody: boolean;
}

/** Events in the order in which they happen: a binary heap. What was called off stays in it until its instant. */
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

  /** The next event that was not called off, if it is due by then; it leaves the queue. */
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
