import { type LineLogger, seconds } from './line-logger.ts';

const EVERY_MS = 10_000;

/** Runs `work`, and logs every 10 s that it still runs. `what` continues the line `still …`. */
export async function withProgress<T>(what: string, log: LineLogger, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const ticking = setInterval(() => log(`  still ${what} (${seconds(performance.now() - startedAt)})`), EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(ticking);
  }
}
