import { startOfDayMs } from './calendar.ts';

const DAY_MS = 86_400_000;
/** Between two 29ths of February there are at most eight years. */
const LONGEST_LEAP_GAP_YEARS = 8;

/** Gives times without a year theirs: the latest that does not put them more than a day after the upload. */
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

  /** The year of a time on a day (month from 1); undefined when no year has such a day. */
  yearOf(month: number, day: number, timeOfDayMs: number): number | undefined {
    for (let year = this.#latestYear; year >= this.#latestYear - LONGEST_LEAP_GAP_YEARS; year--) {
      const startsAtMs = startOfDayMs(year, month, day);
      if (startsAtMs === undefined || startsAtMs + timeOfDayMs > this.#latestMs) continue;
      this.#used = true;
      return year;
    }
    return undefined;
  }
}
