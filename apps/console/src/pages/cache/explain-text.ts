import { duration, seconds } from '../../format/format.ts';
import type { Explanation } from './types.ts';

/** What the next read gets, in one line, with the tone of the design system. */
export interface Verdict {
  readonly text: string;
  readonly tone: 'ok' | 'warn' | 'bad';
}

export function verdictOf({ next }: Pick<Explanation, 'next'>): Verdict {
  const { outcome, tier, waits_for: waitsFor } = next;
  const wait = waitsFor === null ? '' : ` after the load of ${waitsFor}`;
  const where = tier === null ? '' : ` from ${tier === 'memory' ? 'memory' : 'Redis'}`;
  switch (outcome) {
    case 'hit':
      return { text: `The next read is a hit${where}${wait}`, tone: 'ok' };
    case 'stale':
      return { text: `The next read gets a stale answer${where}, while it is reloaded`, tone: 'warn' };
    case 'miss':
      return {
        text:
          waitsFor === null
            ? 'The next read is a miss: it loads the answer'
            : `The next read waits for the load of ${waitsFor}`,
        tone: 'warn',
      };
    case null:
      return { text: 'The next read first has to catch up with the invalidation log', tone: 'bad' };
  }
}

/** Which process loads the key, and for how long this one makes no attempt. */
export function loadingText({
  loading,
  backing_off_ms: backOffMs,
}: Pick<Explanation, 'loading' | 'backing_off_ms'>): string {
  const backOff = backOffMs > 0 ? `; after a failed load, none for ${seconds(backOffMs)}` : '';
  const who = {
    none: 'no process',
    'this process': 'this process',
    'another process': 'another process',
    unknown: 'unknown: the lock server does not answer',
  };
  return `${who[loading]}${backOff}`;
}

/** The demand for a key as one sentence; null if it is not in demand. */
export function demandText({ demand }: Pick<Explanation, 'demand'>): string | null {
  if (demand === null) return null;
  const { reads, load_ms: loadMs, saving_ms: savingMs } = demand;
  return `${Math.round(reads)} reads lately, a load takes ${duration(loadMs)}: the cache saves ${duration(savingMs)}`;
}
