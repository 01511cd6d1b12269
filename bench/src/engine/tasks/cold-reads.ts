import { setTimeout } from 'node:timers/promises';
import { payload } from '../payloads.ts';
import { type ContenderOptions, openContender } from './open-contender.ts';

export interface ColdReads {
  /** Instants on a clock that all processes share, in ms: start of the first read, and answer of the last. */
  readonly beganAt: number;
  readonly endedAt: number;
  readonly loads: number;
}

/** Starts many readers of one key that was never loaded. */
export async function coldReads(options: ContenderOptions & { loadMs: number }) {
  let loads = 0;
  const peer = await openContender(options, async () => {
    loads++;
    await setTimeout(options.loadMs);
    return payload('3 kB', loads);
  });
  await peer.getOrLoad(`bench:cold-warm-up:${process.pid}`);
  return {
    read: async (key: string, readers: number): Promise<ColdReads> => {
      loads = 0;
      const beganAt = performance.timeOrigin + performance.now();
      await Promise.all(Array.from({ length: readers }, () => peer.getOrLoad(key)));
      return { beganAt, endedAt: performance.timeOrigin + performance.now(), loads };
    },
    close: () => peer.close(),
  };
}
