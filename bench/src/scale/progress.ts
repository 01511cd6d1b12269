import type { SuiteOptions } from '../suite.ts';

const EVERY_MS = 2_000;

/** Logs every two seconds that a piece of work still runs. */
export async function withProgress<T>(log: SuiteOptions['log'], what: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const ticking = setInterval(() => log(`  ${what} (${((performance.now() - began) / 1_000).toFixed(0)} s)`), EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(ticking);
  }
}
