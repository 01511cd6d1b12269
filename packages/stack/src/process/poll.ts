import { setTimeout as delay } from 'node:timers/promises';

/** Calls `done` until it returns true. Returns false if `withinMs` pass first. */
export async function poll(
  done: () => boolean | Promise<boolean>,
  options: { withinMs: number; everyMs?: number },
): Promise<boolean> {
  const giveUpAt = performance.now() + options.withinMs;
  while (!(await done())) {
    if (performance.now() >= giveUpAt) return false;
    await delay(options.everyMs ?? 15);
  }
  return true;
}
