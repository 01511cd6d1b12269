import { duration, seconds } from '../../format/format.ts';
import type { Learned } from './types.ts';

/** Where the times of a learned prefix lie on a logarithmic scale, from 0 for the least allowed time to 1 for the most. */
export interface LearnedPlaces {
  readonly fixed: number;
  readonly learned: number;
  /** The times of the keys with evidence of their own; null if there are none. */
  readonly known: { readonly from: number; readonly median: number; readonly to: number } | null;
}

export function placesOf({ fresh_ms: times }: Pick<Learned, 'fresh_ms'>): LearnedPlaces {
  const { fixed, allowed, new_key: learned, known_keys: known } = times;
  const [least, most] = [allowed[0] ?? fixed, allowed[1] ?? fixed];
  const place = (ms: number): number =>
    most <= least ? 0.5 : Math.min(1, Math.max(0, Math.log(ms / least) / Math.log(most / least)));
  return {
    fixed: place(fixed),
    learned: place(learned),
    known: known && { from: place(known.least), median: place(known.median), to: place(known.most) },
  };
}

/** The evidence of a decision: the reloads that were compared with the answer before, and the rates that follow from them. */
export interface EvidenceWords {
  readonly compared: string;
  readonly differed: string;
  readonly rates: string;
}

/** Returns null without a compared reload. */
export function evidenceWords({
  evidence,
  changes_per_hour: changes,
}: Pick<Learned, 'evidence' | 'changes_per_hour'>): EvidenceWords | null {
  const { observations, changes: differed, exposure_ms: exposureMs } = evidence;
  if (observations === 0) return null;
  return {
    compared: `${rate(observations)}, over ${duration(exposureMs)}`,
    differed: rate(differed),
    rates: `about ${rate(changes.mean)}, at most ${rate(changes.upper)}`,
  };
}

/** Returns whether the learned time is in force or only advice, with both times. */
export function modeText(mode: Learned['mode'], { fixed, new_key: learned }: Learned['fresh_ms']): string {
  const times =
    learned === fixed ? `${seconds(fixed)}, as the route says` : `${seconds(learned)} instead of ${seconds(fixed)}`;
  return mode === 'on' ? `In force: ${times}.` : `Advice, not used: ${times}.`;
}

function rate(value: number): string {
  return String(Number(value.toPrecision(2)));
}
