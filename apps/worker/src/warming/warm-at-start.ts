import type { Logger } from '@pilotlight/runtime';
import type { KeepWarm } from './keep-warm.ts';

/**
 * Warms a cold cache in the background: first the keys that were requested before, then the common ones. Each worker does so when it
 * starts, and skips keys that another one has loaded or is loading.
 */
export function warmAtStart(
  keepWarm: KeepWarm,
  prefixes: readonly string[],
  logger: Logger,
): { stop(): Promise<unknown> } {
  const ending = new AbortController();
  const done = keepWarm.warm('started', prefixes, ending.signal).catch((error: unknown) => {
    if (!ending.signal.aborted) logger.warn({ err: error }, 'warming at the start failed');
  });
  return {
    stop: () => {
      ending.abort();
      return done;
    },
  };
}
