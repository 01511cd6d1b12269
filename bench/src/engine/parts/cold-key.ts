import { type Row, rowOfRounds } from '../../row.ts';
import { type Entrant, shownAs } from '../entrant.ts';
import { interleaved, of } from '../rounds.ts';
import type { Stage } from '../stage.ts';
import { inTasks } from '../task-process.ts';

const PROCESSES = 4;
const READERS = 1_000;
const LOAD_MS = 100;
const LIMIT_MS = LOAD_MS + 50;

/**
 * Reads one cold key with 1,000 readers over 4 processes: number of loads, and time until the last reader has its
 * answer.
 */
export async function coldKey(stage: Stage): Promise<Row[]> {
  await stage.flush();
  // Uses the method of each library that avoids repeated loads: cacheable's `getOrSet` takes no tags.
  const isUsual = ({ contender, tagged }: Entrant) =>
    tagged === ['ours', 'bentocache', 'layered-loader'].includes(contender);
  const all = [...stage.entrants('both', true), ...stage.entrants('both', false)]
    .filter(isUsual)
    .slice(0, stage.quick ? 2 : 99);
  const samples = await interleaved(
    all,
    stage.rounds,
    (entrant, round) => measure(stage, entrant, round),
    (round) => stage.log(`cold key, round ${round} of ${stage.rounds}`),
  );
  const [first, ...peers] = all;
  if (!first) throw new Error('expected our own engine among the contenders');
  const loads = (entrant: Entrant) => of(samples, entrant, (it) => it.loads);
  const ms = (entrant: Entrant) => of(samples, entrant, (it) => it.ms);
  const what = 'cold key, 1,000 readers over 4 processes';
  return [
    rowOfRounds({ id: what, unit: 'loads', ours: loads(first), against: 'one', theirs: 1, goal: 1 }, 'lower'),
    rowOfRounds(
      {
        id: what,
        unit: 'ms to the last',
        ours: ms(first),
        against: `a load of ${LOAD_MS} ms + 50`,
        theirs: LIMIT_MS,
        goal: 1,
      },
      'lower',
    ),
    ...peers.flatMap((peer) => [
      rowOfRounds(
        { id: what, unit: 'loads', ours: loads(first), against: shownAs(peer), theirs: loads(peer) },
        'lower',
      ),
      rowOfRounds(
        { id: what, unit: 'ms to the last', ours: ms(first), against: shownAs(peer), theirs: ms(peer) },
        'lower',
      ),
    ]),
  ];
}

async function measure(stage: Stage, entrant: Entrant, round: number): Promise<{ loads: number; ms: number }> {
  const options = { ...entrant, tiers: 'both', redis: stage.redis, loadMs: LOAD_MS } as const;
  return inTasks(PROCESSES, 'cold-reads', options, async (tasks) => {
    const key = `bench:${entrant.contender}-cold:${round}`;
    const reads = await Promise.all(tasks.map((task) => task.call('read', key, READERS / PROCESSES)));
    return {
      loads: reads.reduce((sum, each) => sum + each.loads, 0),
      ms: Math.max(...reads.map(({ endedAt }) => endedAt)) - Math.min(...reads.map(({ beganAt }) => beganAt)),
    };
  });
}
