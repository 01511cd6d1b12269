import type { Logger } from '@pilotlight/runtime';
import type { KeepWarm } from './keep-warm.ts';

/**
 * Warms a cold cache beside all else: what people asked for before, then what most ask first. Each worker that starts
 * looks; what another has loaded, or is loading, it finds.
 */
export class WarmAtStart {
  readonly #ending = new AbortController();
  readonly #done: Promise<void>;

  constructor(keepWarm: KeepWarm, prefixes: readonly string[], logger: Logger) {
    this.#done = keepWarm.warm('started', prefixes, this.#ending.signal).then(
      () => undefined,
      (error: unknown) => {
        if (!this.#ending.signal.aborted) logger.warn({ err: error }, 'the cache was not warmed at the start');
      },
    );
  }

  stop(): Promise<void> {
    this.#ending.abort();
    return this.#done;
  }
}
