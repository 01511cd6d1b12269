import { startOfDayMs } from './calendar.ts';

const DAY_MS = 86_400_000;
/** Two consecutive 29ths of February are at most eight years apart. */
const MAX_LEAP_GAP_YEARS = 8;

/** Infers the year of times without one: the latest year that puts the time at most a day after the upload. */
export class YearInference {
  readonly #latestMs: number;
  readonly #latestYear: number;
  #used = false;

  constructor(uploadedAt: Date) {
    this.#latestMs = uploadedAt.getTime() + DAY_MS;
    this.#latestYear = new Date(this.#latestMs).getUTCFullYear();
  }

  /** Whether any time got its year here. */
  get used(): boolean {
    return this.#used;
  }

  /** Returns the year of a time on a day (`month` counts from 1), or undefined if no year has such a day. */
  yearOf(month: number, day: number, timeOfDayMs: number): number | undefined {
    for (let year = this.#latestYear; year >= this.#latestYear - MAX_LEAP_GAP_YEARS; year--) {
      const startsAtMs = startOfDayMs(year, month, day);
      if (startsAtMs === undefined || startsAtMs + timeOfDayMs > this.#latestMs) continue;
      this.#used = true;
      return year;
    }
    return undefined;
  }
}
