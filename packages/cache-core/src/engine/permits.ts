/** Called when a waiter gets its permit. */
type Granted = () => void;

/**
 * Permits for calls that run at the same time, first come, first served. A waiter of low priority gets one only if no other waits and
 * another permit stays free; of a single permit it gets that one.
 *
 * A free permit is taken without a promise and without an event, both of which p-queue makes for each task (decision 47).
 * Invariant: while a call waits, no permit is free.
 */
export class Permits {
  #count: number;
  #taken = 0;
  readonly #waiting = new Set<Granted>();
  readonly #lowPriority = new Set<Granted>();

  constructor(count: number) {
    this.#count = count;
  }

  /** The permits that are taken. */
  get taken(): number {
    return this.#taken;
  }

  /** The calls that wait, without those of low priority. */
  get waiting(): number {
    return this.#waiting.size;
  }

  get hasFree(): boolean {
    return this.#taken < this.#count;
  }

  /** Takes a free permit. Returns false if there is none. */
  take(): boolean {
    if (!this.hasFree) return false;
    this.#taken++;
    return true;
  }

  /**
   * Waits for a permit, which is taken when `granted` is called; that may be before this method returns.
   *
   * @returns a function that ends the wait; without effect once `granted` was called
   */
  wait(granted: Granted, isLowPriority = false): () => void {
    const waiting = isLowPriority ? this.#lowPriority : this.#waiting;
    waiting.add(granted);
    this.#grant();
    return () => {
      if (waiting.delete(granted)) this.#grant(); // the last waiter may have kept those of low priority waiting
    };
  }

  /** Gives a permit back. */
  release(): void {
    this.#taken--;
    this.#grant();
  }

  /** Adds permits, or takes some away: then calls that run keep theirs, and fewer are granted later. */
  change(by: 1 | -1): void {
    this.#count += by;
    this.#grant();
  }

  #grant(): void {
    for (const granted of this.#waiting) {
      if (!this.take()) return;
      this.#waiting.delete(granted);
      granted();
    }
    for (const granted of this.#lowPriority) {
      if (this.#waiting.size > 0 || this.#taken >= Math.max(1, this.#count - 1)) return;
      this.#taken++;
      this.#lowPriority.delete(granted);
      granted();
    }
  }
}
