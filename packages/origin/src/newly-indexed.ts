import { type DomainEvent, type Moment, parseMoment } from '@pilotlight/contracts';

/** A file that became indexed. */
export interface NewlyIndexed {
  readonly fileId: string;
  /** The event `file.indexed`; null if this version cannot read it. */
  readonly event: DomainEvent | null;
  /** The transaction that made it visible. */
  readonly transaction: number;
}

/** The files that became indexed between two moments. */
export interface IndexedBetween {
  readonly until: string;
  /** In one order for the same two moments, whenever they are asked for. */
  readonly files: readonly NewlyIndexed[];
  /** Whether more files became indexed than the limit. */
  readonly hasMore: boolean;
}

/**
 * Finds the files that become indexed, each exactly once however their transactions overlap. A moment says which transactions are
 * finished, because the times of events are not in the order of their commits.
 */
export interface IndexedFiles {
  /** Returns the present moment. */
  now(): Promise<string>;
  /**
   * Returns the files whose records became visible after the moment `since`, up to `until` or up to now. `until` of the result is that
   * moment. Files that SQL has made visible past this service are not found.
   */
  between(since: string, options: { readonly until?: string; readonly limit: number }): Promise<IndexedBetween>;
}

/** Returns whether a transaction had finished at a moment. */
export function hadFinished(transaction: number, moment: string): boolean {
  return isFinished(transaction, partsOf(moment));
}

/** Returns whether each transaction that had finished at `earlier` had also finished at `moment`. May err towards false. */
export function includesMoment(moment: string, earlier: string): boolean {
  const [whole, part] = [partsOf(moment), partsOf(earlier)];
  return whole.max >= part.max && whole.running.every((transaction) => !isFinished(transaction, part));
}

function isFinished(transaction: number, { min, max, running }: Moment): boolean {
  return transaction < min || (transaction < max && !running.includes(transaction));
}

function partsOf(text: string): Moment {
  const moment = parseMoment(text);
  if (moment === null) throw new Error(`expected a moment of the database, got ${JSON.stringify(text.slice(0, 80))}`);
  return moment;
}
