import type { Row } from '../../row.ts';
import type { Stage } from '../stage.ts';
import { hitRows, hitsOf } from './rows-of-hits.ts';

/** Measures hits in memory in front of Redis, synchronised with other processes in each library's own way. */
export async function twoTierHits(stage: Stage): Promise<Row[]> {
  const [ours, ...tagged] = stage.entrants('both', true);
  const untagged = stage
    .entrants('both', false)
    .filter(({ contender }) => ['ocache', 'cache-manager'].includes(contender));
  if (!ours) throw new Error('expected our own engine among the contenders');
  const peers = [...tagged, ...untagged];
  await stage.flush();
  const samples = await hitsOf(stage, {
    what: 'memory hit, two tiers',
    tiers: 'both',
    entrants: [ours, ...peers],
    sizes: ['3 kB'],
    run: { readers: 1, warmUpMs: stage.quick ? 200 : 300, forMs: stage.quick ? 80 : 250 },
  });
  return peers.flatMap((peer) => hitRows(samples, 'memory hit, two tiers', [ours, peer], { sizes: ['3 kB'] }));
}
