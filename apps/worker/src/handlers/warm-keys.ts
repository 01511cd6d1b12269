import type { Origin } from '@pilotlight/origin';
import type { Handler } from '../handler.ts';
import type { KeepWarm } from '../warming/keep-warm.ts';

/**
 * Reloads the answers in demand. After an invalidation, it records when the run began, so that a file's stream of events can say that
 * the answers which show it are warm.
 */
export function warmKeys({
  keepWarm,
  progress,
}: {
  keepWarm: Pick<KeepWarm, 'warm'>;
  progress: Pick<Origin['progress'], 'now' | 'noteWarmed'>;
}): Handler<'warm-keys'> {
  return async ({ reason, prefixes }, { signal }) => {
    if (reason !== 'invalidated') return await keepWarm.warm(reason, prefixes, signal);
    // Before the run: an invalidation that is applied during it needs another one.
    const beganAt = await progress.now();
    const counts = await keepWarm.warm(reason, prefixes, signal);
    for (const prefix of prefixes) await progress.noteWarmed(prefix, beganAt);
    return counts;
  };
}
