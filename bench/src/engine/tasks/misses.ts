import { setImmediate } from 'node:timers/promises';
import { payload } from '../payloads.ts';
import { type ContenderOptions, openContender } from './open-contender.ts';
import { numberOf, withCpuMicros } from './reading.ts';

export interface Misses {
  /** The time of each miss beyond its load, in ms. */
  readonly overMs: readonly number[];
  /** Processor time of this process per miss, including the load, in µs. */
  readonly cpuMicros: number;
}

/** Reads keys that were never read. Measures the time beyond their load. */
export async function misses(options: ContenderOptions) {
  let loadMs = 0;
  let next = 0;
  let loads = 0;
  const peer = await openContender(options, async (key) => {
    loads++;
    const began = performance.now();
    await setImmediate();
    const value = payload('3 kB', numberOf(key));
    loadMs = performance.now() - began;
    return value;
  });
  return {
    /** Measures `times` misses in turn. */
    measure: async (times: number): Promise<Misses> => {
      const overMs: number[] = [];
      loads = 0;
      const { micros } = await withCpuMicros(async () => {
        for (let i = 0; i < times; i++) {
          const key = `bench:${options.contender}-miss-${process.pid}:${next++}`; // Redis has those of other rounds.
          const began = performance.now();
          await peer.getOrLoad(key);
          overMs.push(performance.now() - began - loadMs);
        }
      });
      if (loads !== times) throw new Error(`${options.contender}: expected ${times} misses, got ${loads}`);
      return { overMs, cpuMicros: micros / times };
    },
    close: () => peer.close(),
  };
}
