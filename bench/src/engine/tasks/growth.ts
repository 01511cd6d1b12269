import { payload } from '../payloads.ts';
import { type ContenderOptions, openContender } from './open-contender.ts';
import { numberOf, readAll, readFor, shuffled } from './reading.ts';

/** `near`: the keys loaded last, whose entries lie together in memory. `far`: keys spread over all entries. */
export type Hot = 'near' | 'far';

const HOT = 1_000;

/** A memory tier that holds `entries` entries. */
export async function growth({ entries, ...options }: ContenderOptions & { entries: number }) {
  const peer = await openContender(options, async (key) => payload('0.2 kB', numberOf(key)), entries + HOT);
  await readAll(peer, keysUpTo(entries), 256);
  const hot = hotKeys(entries);
  return {
    /** Returns hits per second of processor time, on the same number of keys for either choice. */
    measure: async (keys: Hot, forMs: number): Promise<number> => {
      await readFor(peer, hot[keys], 1, 300);
      return (await readFor(peer, hot[keys], 1, forMs)).perCpuSecond;
    },
    close: () => peer.close(),
  };
}

/** Returns the keys to read for each choice, of a cache that was filled with the keys up to `entries`. */
export function hotKeys(entries: number): Record<Hot, readonly string[]> {
  const range = Array.from({ length: HOT }, (_, i) => i);
  return {
    near: shuffled(range.map((i) => keyOfGrown(entries - HOT + i))),
    far: shuffled(range.map((i) => keyOfGrown(Math.floor((i * entries) / HOT)))),
  };
}

export const keyOfGrown = (n: number): string => `bench:grown:${n}`;

function* keysUpTo(entries: number): Generator<string> {
  for (let n = 0; n < entries; n++) yield keyOfGrown(n);
}
