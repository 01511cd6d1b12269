import type { Logger } from '@pilotlight/runtime';
import { messageOf } from './errors.ts';

/** Logs the begin and the end of an outage once each, whatever the number of failures in between. */
export class Outage {
  readonly #logger: Logger;
  readonly #messages: { begun: string; over: string };
  #isOn = false;

  constructor(logger: Logger, messages: { begun: string; over: string }) {
    this.#logger = logger;
    this.#messages = messages;
  }

  begin(error: unknown): void {
    if (this.#isOn) return;
    this.#isOn = true;
    this.#logger.warn(`${this.#messages.begun}: ${messageOf(error)}`);
  }

  end(): void {
    if (!this.#isOn) return;
    this.#isOn = false;
    this.#logger.info(this.#messages.over);
  }
}
