import type { Origin } from '@pilotlight/origin';
import type { Logger } from '@pilotlight/runtime';

interface CheckOptions {
  readonly origin: Pick<Origin, 'compareLogStore'>;
  /** The log store of this process, as `reindex --to` names it. */
  readonly store: 'elasticsearch' | 'postgres';
  readonly logger: Logger;
}

/**
 * Compares the files of the database with those of the log store once, beside the jobs, and warns if they differ: the setting was switched
 * without a copy of the lines. `stop` ends the comparison.
 */
export function checkLogStore({ origin, store, logger }: CheckOptions): { stop(): Promise<void> } {
  const ending = new AbortController();
  const compared = compare({ origin, store, logger }, ending.signal);
  return {
    stop: async () => {
      ending.abort();
      await compared;
    },
  };
}

async function compare({ origin, store, logger }: CheckOptions, signal: AbortSignal): Promise<void> {
  try {
    const { missing, unknown } = await origin.compareLogStore(signal);
    if (missing > 0) {
      logger.warn(
        `the log store ${store} has no lines of ${missing} indexed files: answers lack them; run "npm run pilotlight -- reindex --to ${store}"`,
      );
    }
    if (unknown > 0) {
      logger.warn(
        `the log store ${store} has lines of ${unknown} files that the database has no record of: answers count them; run "npm run pilotlight -- reindex --to ${store} --remove-unknown"`,
      );
    }
  } catch (error) {
    if (!signal.aborted) logger.warn({ err: error }, `the files of the log store ${store} could not be compared`);
  }
}
