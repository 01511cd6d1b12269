import { setImmediate } from 'node:timers/promises';
import { payload } from '../payloads.ts';
import { type ContenderOptions, openContender } from './open-contender.ts';
import { numberOf } from './reading.ts';

/** Reads keys that were never read. Measures the time beyond their load. */
export async function misses(options: ContenderOptions) {
  let loadMs = 0;
  let next = 0;
  const peer = await openContender(options, async (key) => {
    const began = performance.now();
    await setImmediate();
    const value = payload('3 kB', numberOf(key));
    loadMs = performance.now() - began;
    return value;
  });
  return {
    /** Returns, for each of `times` misses in turn, the time beyond the load in ms. */
    measure: async (times: number): Promise<number[]> => {
      const overheads: number[] = [];
      for (let i = 0; i < times; i++) {
        const key = `bench:${options.contender}-miss:${next++}`;
        const began = performance.now();
        await peer.getOrLoad(key);
        overheads.push(performance.now() - began - loadMs);
      }
      return overheads;
    },
    close: () => peer.close(),
  };
}
