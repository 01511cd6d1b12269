import { setTimeout } from 'node:timers/promises';
import { payload } from '../payloads.ts';
import { type ContenderOptions, openContender } from './open-contender.ts';
import { msOf, numberOf, tagsOf, withCpuMicros } from './reading.ts';

export interface Invalidations {
  /** The time of each call in ms. */
  readonly took: readonly number[];
  /** Processor time of this process per call, in µs. */
  readonly cpuMicros: number;
}

/** Invalidates by tag, one call after the other, with other processes of the same cache running. */
export async function invalidations(options: ContenderOptions) {
  const peer = await openContender(options, async (key) => payload('0.2 kB', numberOf(key)));
  const keys = Array.from({ length: 50 }, (_, i) => `bench:invalidated:${i}`);
  return {
    fill: async () => {
      for (const key of keys) await peer.getOrLoad(key);
    },
    /** Invalidates `times` times. */
    invalidate: async (times: number): Promise<Invalidations> => {
      const took: number[] = [];
      const { micros } = await withCpuMicros(async () => {
        for (let i = 0; i < times; i++) {
          const [tag = ''] = tagsOf(keys[i % keys.length] ?? '');
          took.push(await msOf(async () => peer.invalidateTag?.(tag)));
          await setTimeout(2); // Writes come now and then, not back to back.
        }
      });
      return { took, cpuMicros: micros / times };
    },
    close: () => peer.close(),
  };
}
