import { median, type Row, rowOfRounds } from '../row.ts';
import { type Entrant, shownAs } from './entrant.ts';
import { PAYLOAD_SIZES, type PayloadSize } from './payloads.ts';
import type { Tiers } from './peers/port.ts';
import { interleaved, of, type Samples } from './rounds.ts';
import type { Stage } from './stage.ts';
import { inTask, type Place } from './task-process.ts';
import type { HitsRun } from './tasks/hits.ts';

export type HitSamples = Samples<Entrant, Record<PayloadSize, number>>;

export interface HitsPlan {
  readonly what: string;
  readonly tiers: Tiers;
  readonly entrants: readonly Entrant[];
  readonly run: Omit<HitsRun, 'size'>;
  readonly place: Place;
}

/** Hits per second of each entrant, in a fresh process per round, with answers of each size. */
export function hitsOf(stage: Stage, { what, tiers, entrants, run, place }: HitsPlan): Promise<HitSamples> {
  const measure = (entrant: Entrant) =>
    inTask('hits', { ...entrant, tiers, redis: stage.redis }, place, async (task) => {
      const perSecond = {} as Record<PayloadSize, number>;
      for (const size of PAYLOAD_SIZES) perSecond[size] = await task.call('measure', { ...run, size });
      return perSecond;
    });
  return interleaved(entrants, stage.rounds, measure, (round, samples) => {
    const shown = entrants.map((each) => {
      const now = Math.round(of(samples, each, (it) => it['3 kB']).at(-1) ?? 0);
      return `${each.contender}${each.tagged ? '' : ' (untagged)'} ${now.toLocaleString('en')}`;
    });
    stage.say(`${what}, round ${round} of ${stage.rounds}: hits/s at 3 kB: ${shown.join(', ')}`);
  });
}

/** One row per size: ours against another. */
export function hitRows(samples: HitSamples, id: string, [ours, theirs]: readonly Entrant[], goal?: number): Row[] {
  if (!ours || !theirs) return [];
  return PAYLOAD_SIZES.map((size) =>
    rowOfRounds({
      id: `${id}, ${size}`,
      unit: 'hits/s',
      ours: of(samples, ours, (it) => it[size]),
      against: shownAs(theirs),
      theirs: of(samples, theirs, (it) => it[size]),
      ...(goal !== undefined && { goal }),
    }),
  );
}

/** Who of them is fastest at a size. */
export function fastest(samples: HitSamples, among: readonly Entrant[], size: PayloadSize): Entrant | undefined {
  const speed = (entrant: Entrant) => median(of(samples, entrant, (it) => it[size]));
  return [...among].sort((a, b) => speed(b) - speed(a))[0];
}
