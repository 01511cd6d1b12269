import { type LineLogger, seconds } from '@pilotlight/stack';

const SHOW_EVERY_MS = 2_000;

/** Prints every two seconds that a promise is still pending. */
export async function withProgress<T>(what: string, log: LineLogger, work: Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const ticking = setInterval(() => log(`  ${what}, ${seconds(performance.now() - startedAt)}`), SHOW_EVERY_MS);
  try {
    return await work;
  } finally {
    clearInterval(ticking);
  }
}
