import type { DomainEvent } from '@pilotlight/contracts';

/** A cached answer and its input. */
export interface Question {
  readonly of: 'search' | 'stats';
  readonly asks: Readonly<Record<string, unknown>>;
}

/** Counts the effect of changes on cached answers, once per pair of a change and an answer. */
export interface InvalidationTally {
  asked: number;
  /** Answers that are different at the origin after the change. */
  altered: number;
  /** Answers that the cache no longer served. */
  invalidated: number;
  /** Answers that were altered but still served; must be empty. */
  readonly missed: { readonly question: Question; readonly event: DomainEvent }[];
  /** Answers that were invalidated but not altered. */
  readonly needless: { readonly question: Question; readonly event: DomainEvent }[];
}

export const emptyTally = (): InvalidationTally => ({ asked: 0, altered: 0, invalidated: 0, missed: [], needless: [] });

export function note(
  tally: InvalidationTally,
  question: Question,
  event: DomainEvent,
  seen: { before: string | undefined; now: string; served: string; isHit: boolean },
): void {
  if (seen.before === undefined) throw new Error('expected a question that was asked before the change');
  const isAltered = seen.now !== seen.before;
  tally.asked += 1;
  if (isAltered) tally.altered += 1;
  if (!seen.isHit) tally.invalidated += 1;
  if (seen.served !== seen.now) tally.missed.push({ question, event });
  if (!seen.isHit && !isAltered) tally.needless.push({ question, event });
}

/** Returns the figures as one line. */
export function figuresOf(tally: InvalidationTally): string {
  const { asked, altered, invalidated, missed } = tally;
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  return (
    `${asked} answers after changes: ${altered} altered, ${invalidated} invalidated, ${missed.length} served though altered; ` +
    `recall ${percent(recallOf(tally))}, precision ${percent(precisionOf(tally))}`
  );
}

/** Returns the share of the altered answers that were invalidated. */
export const recallOf = ({ altered, missed }: InvalidationTally): number =>
  altered === 0 ? 1 : 1 - missed.length / altered;
/** Returns the share of the invalidated answers that were altered. */
export const precisionOf = ({ invalidated, needless }: InvalidationTally): number =>
  invalidated === 0 ? 1 : 1 - needless.length / invalidated;
