import { setTimeout as delay } from 'node:timers/promises';
import type { Outage } from './outage.ts';

const RETRY_MS = 100;
/** A wait that is over sooner is not worth a word. */
const SAY_AFTER_MS = 1_000;

/** Tries until it works, saying once that it waits; what `mayPass` calls hopeless is thrown. */
export async function until(
  work: () => Promise<unknown>,
  options: { outage: Outage; mayPass: (error: unknown) => boolean; signal: AbortSignal },
): Promise<void> {
  const { outage, mayPass, signal } = options;
  const began = performance.now();
  for (;;) {
    signal.throwIfAborted();
    try {
      await work();
      outage.end();
      return;
    } catch (error) {
      if (!mayPass(error)) throw error;
      if (performance.now() - began > SAY_AFTER_MS) outage.begin(error);
      await delay(RETRY_MS, undefined, { signal });
    }
  }
}
