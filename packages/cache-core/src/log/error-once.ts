import type { Background } from '../model/background.ts';
import type { BackgroundReason } from '../model/diagnostics.ts';
import { Unreachable } from '../model/errors.ts';

/**
 * Reports the first error of repeated work until the work succeeds again. It ignores `Unreachable`, which the connection reports.
 * Any other error is a defect of the program, so it is reported with its stack.
 */
export class ErrorOnce {
  readonly #background: Background;
  readonly #reason: BackgroundReason;
  #isReported = false;

  constructor(background: Background, reason: BackgroundReason) {
    this.#background = background;
    this.#reason = reason;
  }

  failed(error: unknown): void {
    if (error instanceof Unreachable || this.#isReported) return;
    this.#isReported = true;
    this.#background.failed(this.#reason, error);
  }

  succeeded(): void {
    this.#isReported = false;
  }
}
