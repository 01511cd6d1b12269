import { setTimeout } from 'node:timers/promises';
import { type PayloadSize, payload } from '../payloads.ts';
import type { Tiers } from '../peers/port.ts';
import { type ContenderOptions, openContender } from './open-contender.ts';
import { numberOf, readAll, readFor, type Speed, shuffled, warmUp } from './reading.ts';

export interface HitsRun {
  readonly size: PayloadSize;
  /** Reads under way at a time. */
  readonly readers: number;
  /** At most. */
  readonly warmUpMs: number;
  readonly forMs: number;
}

const TRIES = 6;

/** Reads of entries that are there: how many a second. A read that loads is an error of the bench. */
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
      await readAll(peer, keys); // a store may land after the answer was given
      await warmUp(peer, keys, run.readers, run.warmUpMs);
      for (let tries = 1; ; tries++) {
        const loaded = loads;
        const speed = await readFor(peer, keys, run.readers, run.forMs);
        if (loads === loaded) return speed;
        if (tries === TRIES) throw new Error(`${contender}: expected only hits, ${loads - loaded} reads loaded`);
        // A busy machine let a time budget run out: once more, when whoever was left alone is asked again.
        await setTimeout(2_000);
        await readAll(peer, keys);
      }
    },
    close: () => peer.close(),
  };
}

/** So many keys that none is read twice at a time; fewer where each takes long to make. */
const ENTRIES: Record<PayloadSize, number> = { '0.2 kB': 1_000, '3 kB': 1_000, '46 kB': 200 };

function keysOf(contender: string, tiers: Tiers, size: PayloadSize): string[] {
  const space = `${contender}-${tiers}-${size.replace(/\W/g, '')}`;
  return shuffled(Array.from({ length: ENTRIES[size] }, (_, i) => `bench:${space}:${i}`));
}
