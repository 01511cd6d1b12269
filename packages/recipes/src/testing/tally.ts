import type { DomainEvent } from '@pilotlight/contracts';

/** One cached answer, by what its reader asks for. */
export interface Question {
  readonly of: 'search' | 'stats';
  readonly asks: Readonly<Record<string, unknown>>;
}

/** What changes did to cached answers, each pair of a change and an answer counted once. */
export interface Tally {
  asked: number;
  /** Answers that the origin gives otherwise since the change. */
  altered: number;
  /** Answers that the cache did not serve any more. */
  outdated: number;
  /** Altered, but served as before: must be none. */
  readonly missed: { readonly question: Question; readonly event: DomainEvent }[];
  /** Outdated, but not altered. */
  readonly needless: { readonly question: Question; readonly event: DomainEvent }[];
}

export const emptyTally = (): Tally => ({ asked: 0, altered: 0, outdated: 0, missed: [], needless: [] });

export function note(
  tally: Tally,
  question: Question,
  event: DomainEvent,
  seen: { before: string | undefined; now: string; served: string; isHit: boolean },
): void {
  if (seen.before === undefined) throw new Error('expected a question that was asked before the change');
  const isAltered = seen.now !== seen.before;
  tally.asked += 1;
  if (isAltered) tally.altered += 1;
  if (!seen.isHit) tally.outdated += 1;
  if (seen.served !== seen.now) tally.missed.push({ question, event });
  if (!seen.isHit && !isAltered) tally.needless.push({ question, event });
}

/** One line with the figures. */
export function figuresOf(tally: Tally): string {
  const { asked, altered, outdated, missed } = tally;
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  return (
    `${asked} answers after changes: ${altered} altered, ${outdated} outdated, ${missed.length} served though altered; ` +
    `recall ${percent(recallOf(tally))}, precision ${percent(precisionOf(tally))}`
  );
}

/** Share of the altered answers that were outdated. */
export const recallOf = ({ altered, missed }: Tally): number => (altered === 0 ? 1 : 1 - missed.length / altered);
/** Share of the outdated answers that were altered. */
export const precisionOf = ({ outdated, needless }: Tally): number =>
  outdated === 0 ? 1 : 1 - needless.length / outdated;
