import { type Row, rowOfRounds } from '../../row.ts';
import { type Entrant, shownAs } from '../entrant.ts';
import { interleaved, of } from '../rounds.ts';
import type { Stage } from '../stage.ts';
import { startTask, type TaskProcess } from '../task-process.ts';
import type { Hot } from '../tasks/growth.ts';

interface Grown {
  readonly entrant: Entrant;
  readonly entries: number;
}

interface Cell extends Grown {
  readonly hot: Hot;
}

const OURS: Entrant = { contender: 'ours', tagged: true, client: 'plain' };
const PEER: Entrant = { contender: 'async-cache-dedupe', tagged: true, client: 'plain' };
const FLAGS = ['--max-old-space-size=8192'];

/**
 * Multiplier of the rounds of other parts: effects of the machine on the processor's caches change a single measurement
 * by a factor of three.
 */
const ROUNDS = 3;

/**
 * Measures the cost of a hit as the cache grows, in one process per number of entries, in turn. Keys that lie far apart
 * in memory cost more in any cache, because the processor's caches hold fewer of them; a peer is therefore measured
 * too.
 */
export async function growth(stage: Stage): Promise<Row[]> {
  const sizes = stage.quick ? [1_000, 10_000, 100_000] : [1_000, 10_000, 100_000, 1_000_000];
  const [least = 0] = sizes;
  const most = sizes.at(-1) ?? least;
  const grown: Grown[] = sizes.map((entries) => ({ entrant: OURS, entries }));
  const peers: Grown[] = [least, most].map((entries) => ({ entrant: PEER, entries }));
  const near: Cell[] = grown.map((each) => ({ ...each, hot: 'near' }));
  const far: Cell[] = [...grown.slice(-1), ...peers].map((each) => ({ ...each, hot: 'far' }));
  const perSecond = await measure(stage, [...near, ...far]);
  const [nearest, ...others] = near;
  const [ours, peerLeast, peerMost] = far;
  if (!nearest || !ours || !peerLeast || !peerMost) return [];
  const row = (what: string, entries: number, mine: Cell, against: string, theirs: Cell, goal?: number) =>
    rowOfRounds({
      id: `memory hit among ${entries.toLocaleString('en')} entries${what}`,
      unit: 'hits/s of CPU',
      ours: perSecond(mine),
      against,
      theirs: perSecond(theirs),
      ...(goal && { goal }),
    });
  const amongLeast = `among ${least.toLocaleString('en')}`;
  return [
    ...others.map((cell) => row('', cell.entries, cell, amongLeast, nearest, 0.8)),
    row(', far apart', most, ours, amongLeast, nearest),
    row(', far apart', most, ours, shownAs(PEER), peerMost),
    row(`, far apart: ${shownAs(PEER)}`, most, peerMost, `its own ${amongLeast}`, peerLeast),
  ];
}

async function measure(stage: Stage, cells: readonly Cell[]): Promise<(cell: Cell) => number[]> {
  const nameOf = ({ entrant, entries }: Grown) => `${entrant.contender}, ${entries.toLocaleString('en')} entries`;
  const tasks = new Map<string, TaskProcess<'growth'>>();
  try {
    for (const cell of cells) {
      if (tasks.has(nameOf(cell))) continue;
      stage.log(`growth: filling ${nameOf(cell)}`);
      const options = { ...cell.entrant, tiers: 'memory', redis: stage.redis, entries: cell.entries } as const;
      tasks.set(nameOf(cell), await startTask('growth', options, FLAGS));
    }
    const samples = await interleaved(
      cells,
      ROUNDS * stage.rounds,
      async (cell) => (await tasks.get(nameOf(cell))?.call('measure', cell.hot, stage.quick ? 100 : 300)) ?? Number.NaN,
      (round) => stage.log(`growth, round ${round} of ${ROUNDS * stage.rounds}`),
    );
    return (cell) => of(samples, cell, Number);
  } finally {
    for (const task of tasks.values()) await task.stop();
  }
}
