import { parseKey, resolvePolicy } from '@pilotlight/cache-core';
import { payload } from '../payloads.ts';
import { startCache } from '../peers/ours.ts';
import type { RedisUrls } from '../peers/port.ts';
import { withCpuMicros } from './reading.ts';

const KEYS = 1_000;
/** Reads between two measurements of the processor time: enough for its resolution, few enough to alternate often. */
const SLICE = 20_000;
const WARM_SLICES = 6;

/** Processor time of one hit in µs, with and without a recipe whose demand is recorded. */
export interface DemandCost {
  readonly recorded: number;
  readonly plain: number;
}

/**
 * Measures hits as the fast path of a route makes them, with the recording of demand and without. Both kinds alternate in one
 * process, slice by slice, because their difference is smaller than that between two processes.
 */
export async function demandHits({ redis }: { redis: RedisUrls }) {
  const cache = await startCache({ tiers: 'memory', redis }, 'demand');
  const policy = resolvePolicy({ freshFor: '5m' });
  const load = () => payload('0.2 kB', 1);
  const keys = Array.from({ length: KEYS }, (_, n) => parseKey(`bench:demanded:${n}`));
  const recipes = keys.map((_, n) => ({ prefix: 'bench', name: 'demanded', params: { n } }));
  const slice = (isRecorded: boolean): Promise<number> => {
    const { reader } = cache.internal;
    return withCpuMicros(async () => {
      for (let i = 0; i < SLICE; i++) {
        const n = i % KEYS;
        const answer = reader.hit(keys[n] ?? parseKey('none'), load, policy, isRecorded ? (recipes[n] ?? null) : null);
        if (!answer) throw new Error(`expected a hit of ${keys[n]}, got none`);
      }
    }).then(({ micros }) => micros / SLICE);
  };
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  for (const key of keys) await cache.getOrLoad(key, load, { freshFor: '5m' });
  return {
    /** Returns the costs of each of `slices` pairs of slices. */
    measure: async (slices: number): Promise<DemandCost[]> => {
      const costs: DemandCost[] = [];
      for (let i = -WARM_SLICES; i < slices; i++) {
        // Which kind comes first alternates too, so that neither profits from the state that the other leaves behind.
        const first = await slice(i % 2 === 0);
        await turn();
        const second = await slice(i % 2 !== 0);
        await turn();
        const [recorded, plain] = i % 2 === 0 ? [first, second] : [second, first];
        if (i >= 0) costs.push({ recorded, plain });
      }
      return costs;
    },
    close: () => cache.close(),
  };
}
