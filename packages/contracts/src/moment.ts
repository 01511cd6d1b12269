/** A state of the database: its clock, and which transactions had finished, as in a `pg_snapshot`. */
export interface Moment {
  /** Ms since 1970. */
  readonly atMs: number;
  /** Every transaction below had finished. */
  readonly min: number;
  /** No transaction from here on had finished. */
  readonly max: number;
  /** Those between that had not finished, in order. */
  readonly running: readonly number[];
}

const NUMBER = String.raw`\d{1,15}`;
const MOMENT = new RegExp(`^(${NUMBER})~(${NUMBER}):(${NUMBER}):(${NUMBER}(?:,${NUMBER})*)?$`);
/** Longer than those of a server with 200 transactions at a time. */
const MAX_LENGTH = 4_096;

/** Parses a moment: its time, `~` and a `pg_snapshot`. Returns null for text that Postgres would refuse. */
export function parseMoment(text: string): Moment | null {
  const [, at, min, max, list] = text.length > MAX_LENGTH ? [] : (MOMENT.exec(text) ?? []);
  if (at === undefined) return null;
  const running = list === undefined ? [] : list.split(',').map(Number);
  const moment = { atMs: Number(at), min: Number(min), max: Number(max), running };
  const isOrdered = running.every((one, i) => one >= moment.min && one < moment.max && one > (running[i - 1] ?? 0));
  return moment.min >= 1 && moment.min <= moment.max && isOrdered ? moment : null;
}
