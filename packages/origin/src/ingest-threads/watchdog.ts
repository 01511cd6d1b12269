/** Interval at which the watch checks a thread. */
const LOOK_MS = 1_000;

export interface WatchdogOptions {
  /** Consecutive checks without a message after which the thread counts as stuck. */
  maxSilentLooks: number;
  /** Number of checks that a thread has to end after it was asked to stop. */
  maxStoppingLooks: number;
}

/** A healthy thread parses a piece of 64 KiB within milliseconds. */
export const WATCHDOG_OPTIONS: WatchdogOptions = { maxSilentLooks: 30, maxStoppingLooks: 2 };

/**
 * Detects a thread whose event loop is blocked. It counts checks instead of measuring time: a process resumes from
 * suspension with a single check due, and its threads resume with it.
 */
export class Watchdog {
  readonly #options: WatchdogOptions;
  readonly #onStuck: (why: 'silent' | 'stopping') => void;
  readonly #timer: NodeJS.Timeout;
  #isAlive = false;
  #silentLooks = 0;
  #stoppingLooks: number | null = null;

  constructor(options: WatchdogOptions, onStuck: (why: 'silent' | 'stopping') => void) {
    this.#options = options;
    this.#onStuck = onStuck;
    this.#timer = setInterval(() => this.look(), LOOK_MS);
  }

  /** Records a message from the thread. Before its first message the thread is starting or waiting for its turn. */
  heard(): void {
    this.#isAlive = true;
    this.#silentLooks = 0;
  }

  /** Records that the thread was asked to stop. */
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
