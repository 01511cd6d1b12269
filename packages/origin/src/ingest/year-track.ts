const DAY_MS = 86_400_000;
/** A year of 366 days, so that each day has the same place in every year. */
const CYCLE_MS = 366 * DAY_MS;
/**
 * A time at most this long before the previous one is out of order; any other follows it, after at most 338 days. Lines
 * are out of order by seconds or hours, and eleven months have at most 337 days.
 */
export const BACK_MS = 27 * DAY_MS;
/** In a file that several sources wrote, a time up to half a year before the previous one is of another source. */
export const MERGED_BACK_MS = 183 * DAY_MS;
/** Days before a month in a year of 366 days. */
const DAYS_BEFORE = [0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335];

/** Returns the place of a time in a year of 366 days, in ms. */
export function placeInYear(month: number, day: number, timeOfDayMs: number): number {
  return ((DAYS_BEFORE[month - 1] ?? 0) + day - 1) * DAY_MS + timeOfDayMs;
}

/** Follows times without a year through a file and counts the turns of the year between them. */
export class YearTrack {
  /** Turns of the year since the start. */
  cycle: number;
  /** Place of the last time in its year. */
  place: number;
  readonly #isNewestFirst: boolean;
  readonly #backMs: number;

  /**
   * @param isNewestFirst Whether times mostly decrease.
   * @param backMs How far a time may be out of order.
   */
  constructor(cycle: number, place: number, isNewestFirst: boolean, backMs = BACK_MS) {
    this.#backMs = backMs;
    this.cycle = cycle;
    this.place = place;
    this.#isNewestFirst = isNewestFirst;
  }

  /** Moves to the next time and returns its cycle. */
  next(place: number): number {
    this.cycle = this.cycleOf(place);
    this.place = place;
    return this.cycle;
  }

  /** Returns the cycle that the next time would have. */
  cycleOf(place: number): number {
    const step = place - this.place;
    const forward = this.#isNewestFirst ? this.#backMs - CYCLE_MS : -this.#backMs;
    if (step < forward) return this.cycle + 1;
    return step >= forward + CYCLE_MS ? this.cycle - 1 : this.cycle;
  }
}

/** Returns -1 or 1 for a step of at most a week back or forward between two places, else 0. */
export function smallStep(from: number, to: number): number {
  const step = (((to - from) % CYCLE_MS) + CYCLE_MS) % CYCLE_MS;
  if (step > 0 && step <= 7 * DAY_MS) return 1;
  return step >= CYCLE_MS - 7 * DAY_MS ? -1 : 0;
}
