import { setImmediate } from 'node:timers/promises';
import { payload } from '../payloads.ts';
import { type ContenderOptions, openContender } from './open-contender.ts';
import { numberOf } from './reading.ts';

/** Reads of keys that nobody has asked for: what they take beyond their load. */
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
    /** Milliseconds over the load of each of so many misses, one after the other. */
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
