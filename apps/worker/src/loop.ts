import type { Logger } from '@pilotlight/runtime';
import pTimeout from 'p-timeout';

const AFTER_ERROR_MS = 1_000;
const STOP_WITHIN_MS = 2_000;

/** Runs a task repeatedly, never twice at a time. The task returns the pause until its next run, in ms. */
export class Loop {
  readonly #name: string;
  readonly #task: () => Promise<number>;
  readonly #logger: Logger;
  #running: Promise<void> | null = null;
  #stopped = false;
  #woken = false;
  #endWait: () => void = () => undefined;

  constructor(name: string, logger: Logger, task: () => Promise<number>) {
    this.#name = name;
    this.#logger = logger;
    this.#task = task;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Runs the task now, or once more if it is running. */
  wake(): void {
    this.#woken = true;
    this.#endWait();
  }

  /** Starts no more runs. Waits up to 2 s for the current one. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#endWait();
    await pTimeout(this.#running ?? Promise.resolve(), { milliseconds: STOP_WITHIN_MS, message: false });
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      this.#woken = false;
      let waitMs = AFTER_ERROR_MS;
      try {
        waitMs = await this.#task();
      } catch (error) {
        this.#logger.error({ err: error }, `${this.#name} failed`);
      }
      if (!this.#woken && !this.#stopped) await this.#wait(waitMs);
    }
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#endWait = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
