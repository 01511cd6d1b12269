import { median, type Row, rowOfRounds, withCpu } from '../../row.ts';
import { type Entrant, shownAs } from '../entrant.ts';
import type { Tiers } from '../peers/port.ts';
import { interleaved, of, type Samples } from '../rounds.ts';
import type { Stage } from '../stage.ts';
import { inTask } from '../task-process.ts';

/** The goals in process: a limit in ms, and how many times as long as bentocache's miss ours may take. */
const LIMIT_MS = 0.05;
const TIMES_BENTOCACHE = 1.5;

/** Misses until the code of a miss is compiled: after 600, a miss in process took three times as long. */
const WARM_MISSES = 1_000;

const WHAT = { memory: 'miss, in process', both: 'miss, with redis and lock' } as const;

interface Miss {
  /** Median time beyond the load, in ms. */
  readonly ms: number;
  readonly cpuMicros: number;
}

/** A library, or one round trip to the server of the lock. */
type Subject = Entrant | 'round trip';

/** Measures the cost of a miss beyond its load, against our own limits and against each peer. */
export async function misses(stage: Stage): Promise<Row[]> {
  return [...(await rowsOf(stage, 'memory')), ...(await rowsOf(stage, 'both'))];
}

async function rowsOf(stage: Stage, tiers: keyof typeof WHAT): Promise<Row[]> {
  await stage.flush();
  const [ours, ...peers] = [...stage.entrants(tiers, true), ...stage.entrants(tiers, false)].filter(isUsual);
  if (!ours) throw new Error('expected our own engine among the contenders');
  const subjects: Subject[] = [ours, ...peers, ...(tiers === 'both' ? (['round trip'] as const) : [])];
  const samples = await interleaved(
    subjects,
    stage.rounds,
    (subject) => measure(stage, subject, tiers),
    (round, samples) => {
      const shown = subjects.map(
        (each) =>
          `${nameOf(each)} ${of(samples, each, ({ ms }) => ms)
            .at(-1)
            ?.toFixed(3)}`,
      );
      stage.log(`${WHAT[tiers]}, round ${round} of ${stage.rounds}: ms beyond the load: ${shown.join(', ')}`);
    },
  );
  const ms = (subject: Subject) => of(samples, subject, (it) => it.ms);
  const micros = (subject: Subject) => of(samples, subject, (it) => it.cpuMicros);
  const row = (against: string, theirs: readonly number[] | number, goal?: number) => {
    const measured = { id: WHAT[tiers], unit: 'ms over the load', ours: ms(ours), against, theirs };
    return rowOfRounds({ ...measured, ...(goal && { goal }) }, 'lower');
  };
  return [
    ...(tiers === 'memory' ? [row(`a limit of ${LIMIT_MS} ms`, LIMIT_MS, 1)] : roundTripRows(samples, peers, row)),
    ...peers.map((peer) => {
      const goal = tiers === 'memory' && peer.contender === 'bentocache' ? 1 / TIMES_BENTOCACHE : undefined;
      return withCpu(row(shownAs(peer), ms(peer), goal), micros(ours), micros(peer));
    }),
  ];
}

/** Compares with the peer's miss plus one round trip, which a lock over all processes needs at least. */
function roundTripRows(
  samples: Samples<Subject, Miss>,
  peers: readonly Entrant[],
  row: (against: string, theirs: readonly number[], goal: number) => Row,
): Row[] {
  const peer = peers.find(({ contender }) => contender === 'bentocache');
  if (!peer) return [];
  const trips = of(samples, 'round trip', ({ ms }) => ms);
  const allowed = of(samples, peer, ({ ms }) => ms).map((ms, round) => ms + (trips[round] ?? Number.NaN));
  return [
    row(`${shownAs(peer)}, which has no lock, plus one round trip of ${median(trips).toFixed(2)} ms`, allowed, 1),
  ];
}

function measure(stage: Stage, subject: Subject, tiers: Tiers): Promise<Miss> {
  const times = stage.quick ? 300 : 1_000;
  if (subject === 'round trip')
    return inTask('round-trips', { url: stage.redis.queueUrl }, async (task) => {
      await task.call('measure', times);
      return { ms: median(await task.call('measure', times)), cpuMicros: Number.NaN };
    });
  return inTask('misses', { ...subject, tiers, redis: stage.redis }, async (task) => {
    await task.call('measure', WARM_MISSES);
    const { overMs, cpuMicros } = await task.call('measure', times);
    return { ms: median(overMs), cpuMicros };
  });
}

function nameOf(subject: Subject): string {
  return subject === 'round trip' ? subject : subject.contender;
}

/** With tags if the library supports them; in its default settings. */
function isUsual({ contender, tagged }: Entrant): boolean {
  return contender !== 'bentocache-shared' && tagged === !['ocache', 'cache-manager'].includes(contender);
}
