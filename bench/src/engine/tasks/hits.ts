import { setTimeout } from 'node:timers/promises';
import { type PayloadSize, payload } from '../payloads.ts';
import { CONTENDERS, type ContenderName } from '../peers/contenders.ts';
import type { ClientSettings } from '../peers/ioredis-client.ts';
import type { Peer, RedisUrls, Tiers } from '../peers/port.ts';

export interface HitsOptions {
  readonly contender: ContenderName;
  readonly tiers: Tiers;
  readonly tagged: boolean;
  readonly client: ClientSettings;
  readonly redis: RedisUrls;
}

export interface HitsRun {
  readonly size: PayloadSize;
  /** Reads under way at a time. */
  readonly readers: number;
  readonly warmUpMs: number;
  readonly forMs: number;
}

const TRIES = 4;

/** Reads of entries that are there: hits per second. A read that loads is an error of the bench. */
export async function hits({ contender, tiers, tagged, client, redis }: HitsOptions) {
  let size: PayloadSize = '0.2 kB';
  let loads = 0;
  const open = await CONTENDERS[contender].open();
  const peer: Peer = await open({
    tiers,
    tagged,
    client,
    redis,
    entries: 100_000,
    load: async (key) => {
      loads++;
      return payload(size, Number(key.slice(key.lastIndexOf(':') + 1)));
    },
    tagsOf: (key) => {
      const n = Number(key.slice(key.lastIndexOf(':') + 1));
      return [`file-${n % 50}`, `service-${n % 8}`];
    },
  });
  return {
    measure: async (run: HitsRun): Promise<number> => {
      size = run.size;
      const keys = keysOf(contender, tiers, size);
      await readAll(peer, keys);
      await readAll(peer, keys); // a store may land after the answer was given
      await readFor(peer, keys, run.readers, run.warmUpMs);
      for (let tries = 1; ; tries++) {
        const loaded = loads;
        const perSecond = await readFor(peer, keys, run.readers, run.forMs);
        if (loads === loaded) return perSecond;
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
  const entries = ENTRIES[size];
  return Array.from({ length: entries }, (_, i) => `bench:${space}:${(i * 7_919) % entries}`);
}

async function readAll(peer: Peer, keys: readonly string[]): Promise<void> {
  const left = [...keys];
  const reader = async () => {
    for (let key = left.pop(); key !== undefined; key = left.pop()) await peer.getOrLoad(key);
  };
  await Promise.all(Array.from({ length: 32 }, reader));
}

/** Hits per second. Each of the readers waits for its answer before it asks for the next. */
async function readFor(peer: Peer, keys: readonly string[], readers: number, ms: number): Promise<number> {
  const began = performance.now();
  const until = began + ms;
  let reads = 0;
  const reader = async (from: number) => {
    for (let i = from, now = began; now < until; now = performance.now()) {
      for (let n = 0; n < 16; n++, i++) {
        const value = await peer.getOrLoad(keys[i % keys.length] ?? '');
        if (value === undefined) throw new Error('expected a value, got none');
      }
      reads += 16;
    }
  };
  await Promise.all(Array.from({ length: readers }, (_, i) => reader(Math.floor((i * keys.length) / readers))));
  return (reads * 1_000) / (performance.now() - began);
}
