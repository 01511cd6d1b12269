export interface PaceOptions {
  /** The interval of the checks, in ms. */
  lookMs: number;
  windowLooks: number;
  /** The minimum number of bytes per window. */
  minBytes: number;
}

/** 16 KiB/s over any 30 s in which this process waits for the client. */
export const UPLOAD_PACE: PaceOptions = { lookMs: 1_000, windowLooks: 30, minBytes: 30 * 16 * 1_024 };

/**
 * The minimum pace of an upload. Time is counted in checks: the caller skips those during which the process itself made the
 * client wait, and a process that was suspended resumes with one check due.
 */
export class UploadPace {
  readonly #options: PaceOptions;
  /** The bytes received at each check of the last window. */
  readonly #looks: number[] = [0];

  constructor(options: PaceOptions) {
    this.#options = options;
  }

  /**
   * Checks the pace, given the bytes received so far. Returns the bytes of the last window if they are too few, or null if they
   * suffice or the first window is not over.
   */
  look(receivedBytes: number): number | null {
    this.#looks.push(receivedBytes);
    if (this.#looks.length <= this.#options.windowLooks) return null;
    const inWindow = receivedBytes - (this.#looks.shift() ?? 0);
    return inWindow < this.#options.minBytes ? inWindow : null;
  }
}
