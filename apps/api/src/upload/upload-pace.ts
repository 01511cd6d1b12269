export interface PaceOptions {
  /** How often the pace is looked at. */
  lookMs: number;
  /** Looks that make a window. */
  windowLooks: number;
  /** Bytes that have to come within each window. */
  minBytes: number;
}

/** 16 KiB/s over any 30 s in which the client, and not this process, is waited for. */
export const UPLOAD_PACE: PaceOptions = { lookMs: 1_000, windowLooks: 30, minBytes: 30 * 16 * 1_024 };

/**
 * The minimum pace of an upload. It counts looks rather than time: those in which the process itself kept the client waiting
 * are left out, and a process that was suspended wakes with one look due.
 */
export class UploadPace {
  readonly #options: PaceOptions;
  /** Bytes received at each look of the last window. */
  readonly #looks: number[] = [0];

  constructor(options: PaceOptions) {
    this.#options = options;
  }

  /**
   * Takes the bytes received so far. Returns those of the last window when they are too few; null when there are enough, or
   * the first window is not over.
   */
  look(receivedBytes: number): number | null {
    this.#looks.push(receivedBytes);
    if (this.#looks.length <= this.#options.windowLooks) return null;
    const inWindow = receivedBytes - (this.#looks.shift() ?? 0);
    return inWindow < this.#options.minBytes ? inWindow : null;
  }
}
