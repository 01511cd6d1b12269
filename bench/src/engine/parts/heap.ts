import { median, type Row, rowOfRounds, worseHalf } from '../../row.ts';
import { type Entrant, shownAs } from '../entrant.ts';
import { PAYLOAD_SIZES, type PayloadSize } from '../payloads.ts';
import { interleaved, of } from '../rounds.ts';
import type { Stage } from '../stage.ts';
import { inTask } from '../task-process.ts';

/** How near our own count of bytes has to be, in either direction. */
const COUNT_GOAL = 0.9;

/** The goal: how many times the bytes of the leanest peer with tags an entry of ours may take. */
const TIMES_LEANEST: Record<PayloadSize, number> = { '0.2 kB': 1.3, '3 kB': 1.2, '46 kB': 1.1 };

const ENTRIES: Record<PayloadSize, number> = { '0.2 kB': 5_000, '3 kB': 2_000, '46 kB': 200 };

/** The reads of each entry: with two an entry of ours keeps the smaller of body and value, and with more its value. */
const READS = { '': 2, ', read often': 5 } as const;
type Often = keyof typeof READS;
const OFTEN = Object.keys(READS) as Often[];

/** Measures the memory per entry that was read as a value: ours against each peer, and against our own count. */
export async function heap(stage: Stage): Promise<Row[]> {
  const all = [...stage.entrants('memory', true), ...stage.entrants('memory', false)].filter(
    ({ contender, tagged }) => tagged === !['ocache', 'cache-manager'].includes(contender),
  );
  const rounds = stage.quick ? 1 : stage.rounds; // These figures hardly vary.
  const samples = await interleaved(
    all,
    rounds,
    (entrant) =>
      inTask(
        'heap',
        { ...entrant, tiers: 'memory', redis: stage.redis },
        async (task) => {
          const sizes: Partial<Record<`${PayloadSize}${Often}`, { bytes: number; counted: number | null }>> = {};
          for (const size of PAYLOAD_SIZES)
            for (const often of OFTEN)
              sizes[`${size}${often}`] = await task.call('measure', size, ENTRIES[size], READS[often]);
          return sizes;
        },
        ['--expose-gc'],
      ),
    (round) => stage.log(`bytes per entry, round ${round} of ${rounds}`),
  );
  const [first, ...peers] = all;
  if (!first) throw new Error('expected our own engine among the contenders');
  return PAYLOAD_SIZES.flatMap((size) =>
    OFTEN.flatMap((often) => {
      const what = `${size}${often}` as const;
      const bytes = (entrant: Entrant) => of(samples, entrant, (it) => it[what]?.bytes ?? Number.NaN);
      const [ours, counted] = [bytes(first), of(samples, first, (it) => it[what]?.counted ?? Number.NaN)];
      const row = (id: string, peer: Entrant, goal?: number) => {
        const measured = { id, unit: 'bytes', ours, against: shownAs(peer), theirs: bytes(peer) };
        return rowOfRounds({ ...measured, ...(goal && { goal }) }, 'lower');
      };
      const [leanest] = peers.filter(({ tagged }) => tagged).sort((a, b) => median(bytes(a)) - median(bytes(b)));
      return [
        countRow(what, ours, counted),
        ...(leanest ? [row(`memory per entry, leanest peer, ${what}`, leanest, 1 / TIMES_LEANEST[size])] : []),
        ...(often === '' ? peers.map((peer) => row(`memory per entry, ${size}`, peer)) : []),
      ];
    }),
  );
}

/** The ratio divides the smaller by the larger figure, so that a count may not err in either direction. */
function countRow(size: string, measured: readonly number[], counted: readonly number[]): Row {
  const off = (by: number, of: number) => Math.min(by / of, of / by);
  const combined = rowOfRounds({
    id: `memory per entry as we count it, ${size}`,
    unit: 'bytes',
    ours: counted,
    against: 'heap and buffers that it takes',
    theirs: measured,
    goal: COUNT_GOAL,
  });
  const ratios = counted.map((bytes, round) => off(bytes, measured[round] ?? Number.NaN));
  const [ratio, worse] = [median(ratios), median(worseHalf(ratios))];
  const spread = combined.spread && { ...combined.spread, ratio: [Math.min(...ratios), Math.max(...ratios)] as const };
  return { ...combined, ratio, worse, holds: worse >= COUNT_GOAL, ...(spread && { spread }) };
}
