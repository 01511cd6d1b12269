import type { Row } from '../../row.ts';
import type { Entrant } from '../entrant.ts';
import type { Stage } from '../stage.ts';
import { hitRows, hitsOf } from './rows-of-hits.ts';

/**
 * Measures hits in this process's memory: ours with tags and the invalidation check, each peer with and without tags, and a
 * bare awaited `Map.get`, which is the limit.
 */
export async function memoryHits(stage: Stage): Promise<Row[]> {
  const [ours, ...tagged] = stage.entrants('memory', true);
  const untagged = stage
    .entrants('memory', false)
    .filter(({ contender }) => contender !== 'ours' && contender !== 'bentocache-shared');
  if (!ours) throw new Error('expected our own engine among the contenders');
  const peers = [...tagged, ...untagged];
  const samples = await hitsOf(stage, {
    what: 'memory hit',
    tiers: 'memory',
    entrants: [ours, ...peers],
    run: { readers: 1, warmUpMs: stage.quick ? 200 : 300, forMs: stage.quick ? 80 : 250 },
  });
  return peers.flatMap((peer) => hitRows(samples, 'memory hit', [ours, peer], { goal: goalAgainst(peer) }));
}

/** The goals against the fastest peer, which checks nothing and shares mutable values, and against others. */
function goalAgainst({ contender, tagged }: Entrant): number | undefined {
  switch (contender) {
    case 'map':
      return 0.5;
    case 'layered-loader':
      return tagged ? 1.2 : 1;
    case 'async-cache-dedupe':
      return tagged ? undefined : 3;
    case 'bentocache':
      return tagged ? 15 : undefined;
    default:
      return undefined;
  }
}
