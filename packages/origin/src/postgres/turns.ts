import { OriginBusy } from '../errors.ts';

/** How long a caller waits for another one to end, in ms. */
const WAIT_MS = 2_000;

/** Admits a bounded number of callers at a time. */
export class Turns {
  readonly #max: number;
  #taken = 0;
  readonly #waiting = new Set<() => void>();

  constructor(max: number) {
    this.#max = max;
  }

  /** Rejects with `OriginBusy` if no turn ends within 2 s. */
  async take(): Promise<void> {
    if (this.#taken < this.#max) {
      this.#taken += 1;
      return;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    // An ending turn passes on, so the count does not change.
    this.#waiting.add(resolve);
    const timer = setTimeout(() => {
      this.#waiting.delete(resolve);
      reject(new OriginBusy(this.#max, WAIT_MS));
    }, WAIT_MS);
    await promise.finally(() => clearTimeout(timer));
  }

  end(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#taken -= 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
