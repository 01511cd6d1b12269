import { type RunningRedis, startRedis } from '@pilotlight/stack';
import { Redis } from 'ioredis';
import type { SuiteOptions } from '../suite.ts';
import { type Entrant, entrants } from './entrant.ts';
import type { ContenderName } from './peers/contenders.ts';
import type { RedisUrls, Tiers } from './peers/port.ts';

/** The environment of every part of the engine's suite: the two servers that the engine needs. */
export interface Stage extends SuiteOptions {
  readonly rounds: number;
  readonly cache: RunningRedis;
  readonly queue: RunningRedis;
  readonly redis: RedisUrls;
  /** Returns the contenders that support the combination, ours first; in a quick run without those of `NOT_IN_QUICK`. */
  entrants(tiers: Tiers, tagged: boolean): Entrant[];
  /** Empties both servers, so that no contender finds entries of another. */
  flush(): Promise<void>;
}

/** A quick run leaves these out: no goal names them, and none was the fastest or leanest peer in a full run. */
const NOT_IN_QUICK: readonly ContenderName[] = ['bentocache-shared', 'cacheable', 'ocache', 'cache-manager'];

/** Peers share the server of entries. It must not evict anything here, because a hit would become a load. */
export async function onStage<Result>(options: SuiteOptions, use: (stage: Stage) => Promise<Result>): Promise<Result> {
  const [cache, queue] = await Promise.all([
    startRedis({ role: 'cache', log: options.log }),
    startRedis({ role: 'queue', log: options.log }),
  ]);
  const clients = [cache, queue].map(({ url }) => new Redis(url));
  try {
    await clients[0]?.config('SET', 'maxmemory', '0');
    return await use({
      ...options,
      rounds: options.quick ? 2 : 5,
      cache,
      queue,
      redis: { cacheUrl: cache.url, queueUrl: queue.url },
      entrants: (tiers, tagged) =>
        entrants(tiers, tagged).filter(({ contender }) => !options.quick || !NOT_IN_QUICK.includes(contender)),
      flush: async () => {
        await Promise.all(clients.map((client) => client.flushall()));
      },
    });
  } finally {
    for (const client of clients) client.disconnect();
    await Promise.all([cache.stop(), queue.stop()]);
  }
}
