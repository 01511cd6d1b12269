import { median, type Row, rowOfRounds, withCpu } from '../../row.ts';
import { type Entrant, shownAs } from '../entrant.ts';
import { PAYLOAD_SIZES, type PayloadSize } from '../payloads.ts';
import type { Tiers } from '../peers/port.ts';
import { interleaved, of, type Samples } from '../rounds.ts';
import type { Stage } from '../stage.ts';
import { inTask } from '../task-process.ts';
import type { HitsRun } from '../tasks/hits.ts';
import { cpuMicrosOf, type Speed } from '../tasks/reading.ts';

export type HitSamples = Samples<Entrant, Partial<Record<PayloadSize, Speed>>>;

export interface HitsPlan {
  readonly what: string;
  readonly tiers: Tiers;
  readonly entrants: readonly Entrant[];
  /** Defaults to all sizes. */
  readonly sizes?: readonly PayloadSize[];
  readonly run: Omit<HitsRun, 'size'>;
}

/** Measures the hits per second of each entrant with answers of each size, in a new process per round. */
export function hitsOf(stage: Stage, plan: HitsPlan): Promise<HitSamples> {
  const { what, tiers, entrants, sizes = PAYLOAD_SIZES, run } = plan;
  const measure = (entrant: Entrant) =>
    inTask('hits', { ...entrant, tiers, redis: stage.redis }, async (task) => {
      const speeds: Partial<Record<PayloadSize, Speed>> = {};
      for (const size of sizes) speeds[size] = await task.call('measure', { ...run, size });
      return speeds;
    });
  return interleaved(entrants, stage.rounds, measure, (round, samples) => {
    const shown = entrants.map((each) => {
      const now = Math.round(of(samples, each, hitsAt('3 kB')).at(-1) ?? 0);
      return `${each.contender}${each.tagged ? '' : ' (untagged)'} ${now.toLocaleString('en')}`;
    });
    stage.log(`${what}, round ${round} of ${stage.rounds}: hits/s at 3 kB: ${shown.join(', ')}`);
  });
}

export interface RowsOfHits {
  readonly goal?: number | undefined;
  readonly sizes?: readonly PayloadSize[];
}

/** Returns one row per size: ours against another entrant, with the processor time of a hit in the process that reads. */
export function hitRows(
  samples: HitSamples,
  id: string,
  [ours, theirs]: readonly Entrant[],
  { goal, sizes = PAYLOAD_SIZES }: RowsOfHits = {},
): Row[] {
  if (!ours || !theirs) return [];
  return sizes.map((size) => {
    const measured = {
      id: `${id}, ${size}`,
      unit: 'hits/s',
      ours: of(samples, ours, hitsAt(size)),
      against: shownAs(theirs),
      theirs: of(samples, theirs, hitsAt(size)),
      ...(goal !== undefined && { goal }),
    };
    return withCpu(rowOfRounds(measured), of(samples, ours, microsAt(size)), of(samples, theirs, microsAt(size)));
  });
}

/** Returns the fastest entrant at a size. */
export function fastest(samples: HitSamples, among: readonly Entrant[], size: PayloadSize): Entrant | undefined {
  const speed = (entrant: Entrant) => median(of(samples, entrant, hitsAt(size)));
  return [...among].sort((a, b) => speed(b) - speed(a))[0];
}

type Speeds = Partial<Record<PayloadSize, Speed>>;

const hitsAt =
  (size: PayloadSize) =>
  (speeds: Speeds): number =>
    speeds[size]?.perSecond ?? Number.NaN;

const microsAt =
  (size: PayloadSize) =>
  (speeds: Speeds): number =>
    cpuMicrosOf(speeds[size]);
