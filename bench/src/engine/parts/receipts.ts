import { median, percentile, type Row, rowOfRounds, withCpu } from '../../row.ts';
import { type Entrant, shownAs } from '../entrant.ts';
import { interleaved, of } from '../rounds.ts';
import type { Stage } from '../stage.ts';
import { inTasks } from '../task-process.ts';
import type { Invalidations } from '../tasks/invalidations.ts';

const PROCESSES = 4;
const LIMITS_MS = { p50: 1.5, p99: 6 };

/**
 * Measures an invalidation by tag with 4 processes. Ours waits until all of them apply it; the call of a peer gives no
 * such guarantee.
 */
export async function receipts(stage: Stage): Promise<Row[]> {
  await stage.flush();
  const all = stage.entrants('both', true).slice(0, stage.quick ? 2 : 99);
  const samples = await interleaved(
    all,
    stage.rounds,
    (entrant) => measure(stage, entrant),
    (round) => stage.log(`receipts, round ${round} of ${stage.rounds}`),
  );
  const [first, ...peers] = all;
  if (!first) throw new Error('expected our own engine among the contenders');
  const [p50, p99] = ([0.5, 0.99] as const).map(
    (share) => (entrant: Entrant) => of(samples, entrant, ({ took }) => percentile(took, share)),
  );
  if (!p50 || !p99) return [];
  const micros = (entrant: Entrant) => of(samples, entrant, ({ cpuMicros }) => cpuMicros);
  const row = (which: string, ours: number[], against: string, theirs: number[] | number, goal?: number) =>
    rowOfRounds(
      { id: `receipt over 4 processes, ${which}`, unit: 'ms', ours, against, theirs, ...(goal && { goal }) },
      'lower',
    );
  return [
    row('p50', p50(first), `a limit of ${LIMITS_MS.p50} ms`, LIMITS_MS.p50, 1),
    row('p99', p99(first), `a limit of ${LIMITS_MS.p99} ms`, LIMITS_MS.p99, 1),
    ...peers.flatMap((peer) => [
      withCpu(row('p50', p50(first), `${shownAs(peer)}: no receipt`, p50(peer)), micros(first), micros(peer)),
      row('p99', p99(first), `${shownAs(peer)}: no receipt`, p99(peer)),
    ]),
  ];
}

function measure(stage: Stage, entrant: Entrant): Promise<Invalidations> {
  const options = { ...entrant, tiers: 'both', redis: stage.redis } as const;
  return inTasks(PROCESSES, 'invalidations', options, async (tasks) => {
    for (const task of tasks) await task.call('fill');
    const [first] = tasks;
    if (!first) throw new Error(`expected ${PROCESSES} processes, got none`);
    const invalidations = await first.call('invalidate', stage.quick ? 100 : 300);
    stage.log(`${entrant.contender}: invalidation p50 ${median(invalidations.took).toFixed(2)} ms`);
    return invalidations;
  });
}
