import { setTimeout } from 'node:timers/promises';
import { payload } from '../payloads.ts';
import { type ContenderOptions, openContender } from './open-contender.ts';

export interface ColdReads {
  /** Instants on a clock that the processes share, ms: when the first read began, and when the last one had its answer. */
  readonly beganAt: number;
  readonly endedAt: number;
  readonly loads: number;
}

/** Many readers of one key that nobody has loaded. */
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
