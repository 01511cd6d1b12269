import { count } from '../../format/format.ts';
import type { Hit } from './search-types.ts';

/** Lines of a live tail that are kept; older ones are removed from the page. */
export const MAX_LINES = 300;

/** Lines that the server did not send. */
export interface Skipped {
  readonly reason: 'lines_of_file' | 'rate' | 'slow' | 'behind';
  readonly file_id: string | null;
  readonly lines: number | null;
  readonly lines_relation: 'eq' | 'gte';
}

export type TailItem =
  | { readonly kind: 'line'; readonly key: string; readonly line: Hit }
  | { readonly kind: 'skipped'; readonly key: string; readonly skipped: Skipped };

export interface TailState {
  /** Newest first. */
  readonly shown: readonly TailItem[];
  /** Newest first; they came while the tail was paused. */
  readonly held: readonly TailItem[];
  readonly isPaused: boolean;
  /** Lines that came since the tail was opened. */
  readonly lines: number;
}

export const EMPTY_TAIL: TailState = { shown: [], held: [], isPaused: false, lines: 0 };

/** Returns the tail with items that came, oldest first. */
export function received(state: TailState, items: readonly TailItem[]): TailState {
  const lines = state.lines + items.filter(({ kind }) => kind === 'line').length;
  const target = state.isPaused ? 'held' : 'shown';
  return { ...state, lines, [target]: [...items.toReversed(), ...state[target]].slice(0, MAX_LINES) };
}

/** Returns the tail paused, or continued with what came meanwhile. */
export function paused(state: TailState, isPaused: boolean): TailState {
  if (isPaused) return { ...state, isPaused };
  return { ...state, isPaused, held: [], shown: [...state.held, ...state.shown].slice(0, MAX_LINES) };
}

/** Returns how many lines came; empty if none did. */
export function arrivedText({ lines, held, isPaused }: TailState): string {
  const waiting = held.filter(({ kind }) => kind === 'line').length;
  return [
    ...(lines > 0 ? [`${count(lines)} new`] : []),
    ...(lines > MAX_LINES ? [`the last ${MAX_LINES} are kept`] : []),
    ...(isPaused ? [`${count(waiting)} since the pause`] : []),
  ].join(', ');
}

const REASONS: Readonly<Record<Skipped['reason'], string>> = {
  lines_of_file: 'a live tail shows the newest 100 matching lines of each file',
  rate: 'a live tail shows at most 100 lines per second',
  slow: 'the search in the file took too long',
  behind: 'the page was disconnected for too long',
};

/** Returns how many lines the server left out, and why. */
export function skippedText({ lines, lines_relation, reason }: Skipped): string {
  const number =
    lines === null
      ? 'Lines'
      : `${lines_relation === 'gte' ? 'At least ' : ''}${lines} ${lines === 1 ? 'line' : 'lines'}`;
  const verb = lines === 1 && lines_relation === 'eq' ? 'was' : 'were';
  return `${number} ${verb} left out: ${REASONS[reason]}. A search finds them.`;
}
