/** How often a thread is looked at. */
const LOOK_MS = 1_000;

export interface WatchOptions {
  /** Looks in a row without a sign of life before the thread counts as stuck. */
  maxSilentLooks: number;
  /** Looks that a thread which was asked to stop has left. */
  maxStoppingLooks: number;
}

/** A piece of 64 KiB takes milliseconds. */
export const WATCH_OPTIONS: WatchOptions = { maxSilentLooks: 30, maxStoppingLooks: 2 };

/**
 * Watches over a thread that can turn its loop no more. It counts looks rather than time: a process that was suspended
 * wakes with one look due, and its threads with it.
 */
export class Watch {
  readonly #options: WatchOptions;
  readonly #onStuck: (why: 'silent' | 'stopping') => void;
  readonly #timer: NodeJS.Timeout;
  #isAlive = false;
  #silentLooks = 0;
  #stoppingLooks: number | null = null;

  constructor(options: WatchOptions, onStuck: (why: 'silent' | 'stopping') => void) {
    this.#options = options;
    this.#onStuck = onStuck;
    this.#timer = setInterval(() => this.look(), LOOK_MS);
  }

  /** The thread has sent something. Before its first sign it is starting, or waits for a place. */
  heard(): void {
    this.#isAlive = true;
    this.#silentLooks = 0;
  }

  /** The thread was asked to stop. */
  stopping(): void {
    this.#stoppingLooks ??= 0;
  }

  look(): void {
    if (this.#isAlive && ++this.#silentLooks >= this.#options.maxSilentLooks) this.#stuck('silent');
    else if (this.#stoppingLooks !== null && ++this.#stoppingLooks > this.#options.maxStoppingLooks) {
      this.#stuck('stopping');
    }
  }

  end(): void {
    clearInterval(this.#timer);
  }

  #stuck(why: 'silent' | 'stopping'): void {
    this.end();
    this.#onStuck(why);
  }
}
