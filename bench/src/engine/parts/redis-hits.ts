import type { Row } from '../../row.ts';
import type { Entrant } from '../entrant.ts';
import { PAYLOAD_SIZES } from '../payloads.ts';
import type { Stage } from '../stage.ts';
import { fastest, type HitSamples, hitRows, hitsOf } from './rows-of-hits.ts';

/** Peers with tags that take a client of ioredis, so that our client settings can be given to them. */
const IOREDIS_PEERS: readonly string[] = ['bentocache', 'async-cache-dedupe', 'layered-loader'];

/**
 * Measures hits in the shared tier alone with 64 concurrent readers: ours with tags, against no library and against
 * each peer.
 */
export async function redisHits(stage: Stage): Promise<Row[]> {
  const [ours, ...tagged] = stage.entrants('redis', true);
  if (!ours) throw new Error('expected our own engine among the contenders');
  const [raw] = stage.entrants('redis', false).filter(({ contender }) => contender === 'raw');
  const untagged = stage
    .entrants('redis', false)
    .filter(({ contender }) => ['ocache', 'cache-manager'].includes(contender));
  const withOurClient = tagged
    .filter(({ contender }) => IOREDIS_PEERS.includes(contender))
    .map((entrant): Entrant => ({ ...entrant, client: 'ours' }));
  const peers = [...tagged, ...untagged, ...withOurClient];
  await stage.flush();
  const samples = await hitsOf(stage, {
    what: 'redis hit',
    tiers: 'redis',
    entrants: [ours, ...(raw ? [raw] : []), ...peers],
    run: { readers: 64, warmUpMs: stage.quick ? 100 : 300, forMs: stage.quick ? 100 : 300 },
  });
  return [
    ...(raw ? hitRows(samples, 'redis hit', [ours, raw], { goal: 0.9 }) : []),
    ...bestRows(samples, [ours, ...withOurClient], { what: 'same client', goal: 1 }),
    ...bestRows(samples, [ours, ...tagged], { what: 'as documented', goal: 1 }),
    ...peers.flatMap((peer) => hitRows(samples, 'redis hit', [ours, peer])),
  ];
}

/** Compares the first entrant with the fastest of the others at each size. */
function bestRows(
  samples: HitSamples,
  [ours, ...among]: readonly Entrant[],
  { what, goal }: { what: string; goal: number },
): Row[] {
  return PAYLOAD_SIZES.flatMap((size) => {
    const best = fastest(samples, among, size);
    const id = `redis hit, best peer, ${what}`;
    return ours && best ? hitRows(samples, id, [ours, best], { goal, sizes: [size] }) : [];
  });
}
