import type { Logger } from '@pilotlight/runtime';
import type { KeepWarm } from './keep-warm.ts';

/**
 * Warms a cold cache in the background: first the keys that were requested before, then the common ones. Each worker does so when it
 * starts, and skips keys that another one has loaded or is loading.
 */
export class WarmAtStart {
  readonly #ending = new AbortController();
  readonly #done: Promise<void>;

  constructor(keepWarm: KeepWarm, prefixes: readonly string[], logger: Logger) {
    this.#done = keepWarm.warm('started', prefixes, this.#ending.signal).then(
      () => undefined,
      (error: unknown) => {
        if (!this.#ending.signal.aborted) logger.warn({ err: error }, 'warming at the start failed');
      },
    );
  }

  stop(): Promise<void> {
    this.#ending.abort();
    return this.#done;
  }
}
