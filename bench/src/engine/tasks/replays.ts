import { setTimeout } from 'node:timers/promises';
import { CacheManager, singleProcess } from '@pilotlight/cache-core';
import { CONTENDERS, type ContenderName } from '../peers/contenders.ts';
import { FRESH_MS, type Peer } from '../peers/port.ts';
import { answerOf } from '../replays/answers.ts';
import { usedBytes } from './used-bytes.ts';

/** A number of answers from which their mean bytes are measured. */
const SAMPLE = 4_000;
const UNBOUNDED = 2 ** 32;

export interface ReplaysOptions {
  readonly contender: ContenderName;
  /** The bytes that the entries may take. */
  readonly memoryBytes: number;
}

/**
 * Answers the requests of a trace from memory bounded to the same bytes for each contender: by its own count of bytes if it
 * has one, else by the number of entries that take these bytes of heap as a mean. Runs with `--expose-gc`.
 */
export async function replays({ contender, memoryBytes }: ReplaysOptions) {
  const entries = await entriesOf(contender, memoryBytes);
  return {
    /** Reads the keys in order, one after the other. Returns the number of hits. */
    replay: async (keys: readonly string[]): Promise<number> => {
      let loads = 0;
      const peer = await open(contender, { memoryBytes, entries }, (key) => {
        loads++;
        return answerOf(key);
      });
      for (const [i, key] of keys.entries()) {
        await peer.getOrLoad(key);
        if (i % 1_000 === 0) await setTimeout(0); // Stores that complete after the answer get their turn.
      }
      await peer.close();
      return keys.length - loads;
    },
    close: () => Promise.resolve(),
  };
}

interface Limit {
  readonly memoryBytes: number;
  readonly entries: number;
}

async function open(
  contender: ContenderName,
  limit: Limit,
  load: (key: string) => unknown,
): Promise<Pick<Peer, 'getOrLoad' | 'close'>> {
  if (contender !== 'ours') {
    const settings = { tiers: 'memory', tagged: false, client: 'plain' } as const;
    const redis = { cacheUrl: '', queueUrl: '' }; // Memory alone needs none.
    const openPeer = await CONTENDERS[contender].open();
    return openPeer({ ...settings, ...limit, redis, load: async (key) => load(key), tagsOf: () => [] });
  }
  const cache = new CacheManager({
    ports: singleProcess(),
    memoryBytes: limit.memoryBytes,
    origins: { default: { concurrency: 100 } },
  });
  await cache.start();
  return {
    getOrLoad: (key) => cache.getOrLoad(key, () => load(key), { freshFor: FRESH_MS }),
    close: () => cache.close(),
  };
}

/** Returns the number of entries that take these bytes, measured on a cache without a limit. */
async function entriesOf(contender: ContenderName, memoryBytes: number): Promise<number> {
  const keys = Array.from({ length: 2 * SAMPLE }, (_, i) => `sample:${i}`);
  const peer = await open(contender, { memoryBytes: UNBOUNDED, entries: 1_000_000 }, answerOf);
  const readAll = async (from: number) => {
    for (const key of keys.slice(from, from + SAMPLE)) await peer.getOrLoad(key);
  };
  await readAll(0); // Code and tables do not belong to an entry.
  const before = await usedBytes();
  await readAll(SAMPLE);
  const bytes = ((await usedBytes()) - before) / SAMPLE;
  await peer.close();
  return Math.max(1, Math.round(memoryBytes / bytes));
}
