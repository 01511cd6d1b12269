import type { Background } from '../background.ts';
import type { BackgroundReason } from '../diagnostics.ts';
import { Unreachable } from '../errors.ts';

/**
 * Tells of errors of work that is tried again and again. That a server is out of reach is told of elsewhere, and may last;
 * anything else is a fault of the program: told with its stack, once until the work succeeds again.
 */
export class ErrorOnce {
  readonly #background: Background;
  readonly #reason: BackgroundReason;
  #isTold = false;

  constructor(background: Background, reason: BackgroundReason) {
    this.#background = background;
    this.#reason = reason;
  }

  failed(error: unknown): void {
    if (error instanceof Unreachable || this.#isTold) return;
    this.#isTold = true;
    this.#background.failed(this.#reason, error);
  }

  succeeded(): void {
    this.#isTold = false;
  }
}
