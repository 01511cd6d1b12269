import { isDay, startOfDayMs } from './calendar.ts';
import { placeInYear, YearTrack } from './year-track.ts';

const DAY_MS = 86_400_000;
/** Two consecutive 29ths of February are at most eight years apart. */
const MAX_LEAP_GAP_YEARS = 8;

/** Year and place of the first time of a file that has no year. */
export interface YearStart {
  readonly year: number;
  readonly place: number;
  readonly isNewestFirst: boolean;
  /** How far a time may be before the time before it, in ms, and be out of order rather than of the next year. */
  readonly backMs: number;
}

/**
 * Infers the year of times without one. Each time is at most 27 days before or 338 days after the time before it, so a
 * file of several years stays in order. The first year is the one that a survey of the whole file found; without a
 * survey it is the latest that puts the first time at most a day after the upload. In a file that several sources wrote,
 * as the survey finds, each time is at most 183 days before the time before it.
 */
export class YearInference {
  /** Latest instant that a time of the file can be, in ms. */
  readonly latestMs: number;
  #track: YearTrack | undefined;
  #starts: readonly (YearStart | null)[] = [];
  #used = false;
  #turns = 0;
  #month = 0;
  #day = 0;
  #year = 0;

  constructor(uploadedAt: Date) {
    this.latestMs = uploadedAt.getTime() + DAY_MS;
  }

  /** Whether any time got its year here. */
  get used(): boolean {
    return this.#used;
  }

  /** Changes when a time is on another day or in another order than the time before it. */
  get turns(): number {
    return this.#turns;
  }

  /** Begins a file of an archive, or the only file, which is number 0. `starts` are the results of a survey. */
  begin(file: number, starts: readonly (YearStart | null)[] = this.#starts): void {
    this.#starts = starts;
    const start = starts[file];
    this.#track = start == null ? undefined : new YearTrack(start.year, start.place, start.isNewestFirst, start.backMs);
    this.#month = 0;
    this.#turns++;
  }

  /** Returns the year of the next time, on a day (`month` counts from 1), or undefined if no year has such a day. */
  yearOf(month: number, day: number, timeOfDayMs: number): number | undefined {
    const place = placeInYear(month, day, timeOfDayMs);
    if (this.#track !== undefined && month === this.#month && day === this.#day) {
      this.#track.place = place;
      return this.#year;
    }
    const year = this.#track?.cycleOf(place);
    // A time after the upload, or on a day that its year does not have, is not in the file's order.
    const isInOrder = year !== undefined && isDay(year, month, day) && this.#isPast(year, month, day, 0);
    const found = isInOrder ? year : this.#latestYearOf(month, day, timeOfDayMs);
    if (found === undefined) return undefined;
    this.#used = true;
    this.#turns++;
    if (!isInOrder && this.#track !== undefined) return found;
    this.#track ??= new YearTrack(found, place, false);
    this.#track.next(place);
    this.#month = month;
    this.#day = day;
    this.#year = found;
    return found;
  }

  #latestYearOf(month: number, day: number, timeOfDayMs: number): number | undefined {
    const latest = new Date(this.latestMs).getUTCFullYear();
    for (let year = latest; year >= latest - MAX_LEAP_GAP_YEARS; year--) {
      if (isDay(year, month, day) && this.#isPast(year, month, day, timeOfDayMs)) return year;
    }
    return undefined;
  }

  #isPast(year: number, month: number, day: number, timeOfDayMs: number): boolean {
    return (startOfDayMs(year, month, day) ?? Number.POSITIVE_INFINITY) + timeOfDayMs <= this.latestMs;
  }
}
