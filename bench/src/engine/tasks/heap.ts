import { type PayloadSize, payload } from '../payloads.ts';
import { type ContenderOptions, openContender } from './open-contender.ts';
import { numberOf, readAll } from './reading.ts';
import { usedBytes } from './used-bytes.ts';

/** Measures the memory of entries. Runs with `--expose-gc`. */
export async function heap(options: ContenderOptions) {
  let size: PayloadSize = '0.2 kB';
  const peer = await openContender(options, async (key) => payload(size, numberOf(key)));
  return {
    /** Returns bytes of heap and external memory per entry that was read `reads` times, and the cache's own count if it has one. */
    measure: async (
      of: PayloadSize,
      entries: number,
      reads: number,
    ): Promise<{ bytes: number; counted: number | null }> => {
      size = of;
      const readOften = async (from: number, to: number) => {
        const name = `bench:heap-${reads}-${of.replace(/\W/g, '')}`;
        const keys = Array.from({ length: to - from }, (_, i) => `${name}:${from + i}`);
        for (let i = 0; i < reads; i++) await readAll(peer, keys);
      };
      // Reads as many entries before: code, shapes and the runtime's own tables do not belong to an entry.
      await readOften(0, entries);
      const before = await usedBytes();
      const countedBefore = peer.countedBytes?.() ?? null;
      await readOften(entries, 2 * entries);
      const counted = peer.countedBytes?.() ?? null;
      return {
        bytes: ((await usedBytes()) - before) / entries,
        counted: counted === null || countedBefore === null ? null : (counted - countedBefore) / entries,
      };
    },
    close: () => peer.close(),
  };
}
