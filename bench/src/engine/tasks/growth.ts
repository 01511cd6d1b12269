import { payload } from '../payloads.ts';
import type { RedisUrls } from '../peers/port.ts';
import { openContender } from './open-contender.ts';
import { numberOf, readAll, readFor, shuffled, warmUp } from './reading.ts';

const HOT = 1_000;

/** Our memory tier holding so many entries. */
export async function growth({ entries, redis }: { entries: number; redis: RedisUrls }) {
  const peer = await openContender(
    { contender: 'ours', tiers: 'memory', tagged: true, client: 'ours', redis },
    async (key) => payload('0.2 kB', numberOf(key)),
  );
  await readAll(peer, keysUpTo(entries), 256);
  const step = entries / HOT;
  const hot = shuffled(Array.from({ length: HOT }, (_, i) => keyOf(Math.floor(i * step))));
  return {
    /** Hits per second of processor time on the same number of hot keys, spread over all of them. */
    measure: async (forMs: number): Promise<number> => {
      await warmUp(peer, hot, 1, 600);
      return (await readFor(peer, hot, 1, forMs)).perCpuSecond;
    },
    close: () => peer.close(),
  };
}

const keyOf = (n: number): string => `bench:grown:${n}`;

function* keysUpTo(entries: number): Generator<string> {
  for (let n = 0; n < entries; n++) yield keyOf(n);
}
