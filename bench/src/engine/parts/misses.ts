import { median, type Row, rowOfRounds } from '../../row.ts';
import { type Entrant, entrants, shownAs } from '../entrant.ts';
import type { Tiers } from '../peers/port.ts';
import { interleaved, of } from '../rounds.ts';
import type { Stage } from '../stage.ts';
import { inTask } from '../task-process.ts';

const LIMITS = [
  { tiers: 'memory', what: 'miss, in process', ms: 1 },
  { tiers: 'both', what: 'miss, with redis and lock', ms: 3 },
] as const satisfies { tiers: Tiers; what: string; ms: number }[];

/** Measures the cost of a miss beyond its load, against our own limit and against each peer. */
export async function misses(stage: Stage): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { tiers, what, ms } of LIMITS) {
    await stage.flush();
    const all = [...entrants(tiers, true), ...entrants(tiers, false)].filter(isUsual);
    const times = stage.quick ? 150 : 500;
    const samples = await interleaved(
      all,
      stage.rounds,
      (entrant) =>
        inTask('misses', { ...entrant, tiers, redis: stage.redis }, async (task) => {
          await task.call('measure', times);
          return median(await task.call('measure', times));
        }),
      (round, samples) => {
        const shown = all.map((each) => `${each.contender} ${of(samples, each, Number).at(-1)?.toFixed(3)}`);
        stage.log(`${what}, round ${round} of ${stage.rounds}: ms beyond the load: ${shown.join(', ')}`);
      },
    );
    const [first, ...peers] = all;
    if (!first) throw new Error('expected our own engine among the contenders');
    const ours = of(samples, first, Number);
    const row = (against: string, theirs: readonly number[] | number, goal?: number) =>
      rowOfRounds({ id: what, unit: 'ms over the load', ours, against, theirs, ...(goal && { goal }) }, 'lower');
    rows.push(row(`a limit of ${ms} ms`, ms, 1), ...peers.map((peer) => row(shownAs(peer), of(samples, peer, Number))));
  }
  return rows;
}

/** With tags if the library supports them; in its default settings. */
function isUsual({ contender, tagged }: Entrant): boolean {
  return contender !== 'bentocache-shared' && tagged === !['ocache', 'cache-manager'].includes(contender);
}
