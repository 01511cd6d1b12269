import { type PayloadSize, payload } from '../payloads.ts';
import { type ContenderOptions, openContender } from './open-contender.ts';
import { numberOf, readAll } from './reading.ts';
import { usedBytes } from './used-bytes.ts';

/** Measures the memory of entries. Runs with `--expose-gc`. */
export async function heap(options: ContenderOptions) {
  let size: PayloadSize = '0.2 kB';
  const peer = await openContender(options, async (key) => payload(size, numberOf(key)));
  return {
    /** Returns bytes of heap and external memory per entry, and the cache's own count if it has one. */
    measure: async (of: PayloadSize, entries: number): Promise<{ bytes: number; counted: number | null }> => {
      size = of;
      const keys = (from: number, to: number) =>
        Array.from({ length: to - from }, (_, i) => `bench:heap-${of.replace(/\W/g, '')}:${from + i}`);
      // Reads as many entries once before: code, shapes and the runtime's own tables do not belong to an entry.
      await readAll(peer, keys(0, entries));
      await readAll(peer, keys(0, entries));
      const before = await usedBytes();
      const countedBefore = peer.countedBytes?.() ?? null;
      await readAll(peer, keys(entries, 2 * entries));
      await readAll(peer, keys(entries, 2 * entries));
      const counted = peer.countedBytes?.() ?? null;
      return {
        bytes: ((await usedBytes()) - before) / entries,
        counted: counted === null || countedBefore === null ? null : (counted - countedBefore) / entries,
      };
    },
    close: () => peer.close(),
  };
}
