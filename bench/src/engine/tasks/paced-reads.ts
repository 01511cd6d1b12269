import { setTimeout } from 'node:timers/promises';
import { payload } from '../payloads.ts';
import { type ContenderOptions, openContender } from './open-contender.ts';
import { numberOf } from './reading.ts';

export interface PacedRun {
  readonly perSecond: number;
  readonly forMs: number;
  /** Maximum time that a reader waits for an answer. */
  readonly patienceMs: number;
}

/** Reads new keys at a steady pace, even if earlier reads have not been answered. */
export async function pacedReads(options: ContenderOptions & { loadMs: number }) {
  let next = 0;
  const peer = await openContender(options, async (key) => {
    await setTimeout(options.loadMs);
    return payload('0.2 kB', numberOf(key));
  });
  const readOne = async (patienceMs: number): Promise<{ ms: number; failed: boolean }> => {
    const began = performance.now();
    const late = new AbortController();
    const patience = setTimeout(patienceMs, 'late', { signal: late.signal }).catch(() => 'answered');
    const outcome = await Promise.race([
      peer.getOrLoad(`bench:${options.contender}-paced-${process.pid}:${next++}`).then(
        () => 'answered',
        () => 'failed',
      ),
      patience,
    ]);
    late.abort();
    return { ms: performance.now() - began, failed: outcome === 'failed' };
  };
  return {
    /** Returns the time of each read in ms and the number of failures. */
    read: async ({ perSecond, forMs, patienceMs }: PacedRun): Promise<{ took: number[]; errors: number }> => {
      const reads: Promise<{ ms: number; failed: boolean }>[] = [];
      const began = performance.now();
      for (let now = 0; now < forMs; now = performance.now() - began) {
        while (reads.length < (now * perSecond) / 1_000) reads.push(readOne(patienceMs));
        await setTimeout(1);
      }
      const all = await Promise.all(reads);
      return { took: all.map(({ ms }) => ms), errors: all.filter(({ failed }) => failed).length };
    },
    close: () => peer.close(),
  };
}
