import type { Logger } from '@pilotlight/runtime';
import { messageOf } from './errors.ts';

/** Says once that something cannot go on, and once that it goes on again, however often it was tried in between. */
export class Outage {
  readonly #logger: Logger;
  readonly #says: { begun: string; over: string };
  #isOn = false;

  constructor(logger: Logger, says: { begun: string; over: string }) {
    this.#logger = logger;
    this.#says = says;
  }

  begin(error: unknown): void {
    if (this.#isOn) return;
    this.#isOn = true;
    this.#logger.warn(`${this.#says.begun}: ${messageOf(error)}`);
  }

  end(): void {
    if (!this.#isOn) return;
    this.#isOn = false;
    this.#logger.info(this.#says.over);
  }
}
