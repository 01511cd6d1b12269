import { setTimeout } from 'node:timers/promises';
import { type PayloadSize, payload } from '../payloads.ts';
import type { Tiers } from '../peers/port.ts';
import { type ContenderOptions, openContender } from './open-contender.ts';
import { numberOf, readAll, readFor, type Speed, shuffled } from './reading.ts';

export interface HitsRun {
  readonly size: PayloadSize;
  /** Number of concurrent reads. */
  readonly readers: number;
  /**
   * Time of reading before the measurement, in ms, so that the code of a hit is compiled. It is the same for every contender. After
   * 60,000 reads, which take 20 ms, hits were 10 % slower and varied more than after 200 ms.
   */
  readonly warmUpMs: number;
  readonly forMs: number;
}

const TRIES = 6;

/** Measures reads per second of existing entries. A read that loads is an error of the bench. */
export async function hits(options: ContenderOptions) {
  const { contender, tiers } = options;
  let size: PayloadSize = '0.2 kB';
  let loads = 0;
  const peer = await openContender(options, async (key) => {
    loads++;
    return payload(size, numberOf(key));
  });
  return {
    measure: async (run: HitsRun): Promise<Speed> => {
      size = run.size;
      const keys = keysOf(contender, tiers, size);
      await readAll(peer, keys);
      await readAll(peer, keys); // A store may complete after the answer was returned.
      await readFor(peer, keys, run.readers, run.warmUpMs);
      for (let tries = 1; ; tries++) {
        const loaded = loads;
        const speed = await readFor(peer, keys, run.readers, run.forMs);
        if (loads === loaded) return speed;
        if (tries === TRIES) throw new Error(`${contender}: expected only hits, but ${loads - loaded} reads loaded`);
        // On a loaded machine a time limit expired: repeat once, after circuit breakers have closed again.
        await setTimeout(2_000);
        await readAll(peer, keys);
      }
    },
    close: () => peer.close(),
  };
}

/**
 * Number of entries per size: enough that no entry is read twice at a time, and fewer where one takes long to create.
 */
const ENTRIES: Record<PayloadSize, number> = { '0.2 kB': 1_000, '3 kB': 1_000, '46 kB': 200 };

function keysOf(contender: string, tiers: Tiers, size: PayloadSize): string[] {
  const space = `${contender}-${tiers}-${size.replace(/\W/g, '')}`;
  return shuffled(Array.from({ length: ENTRIES[size] }, (_, i) => `bench:${space}:${i}`));
}
