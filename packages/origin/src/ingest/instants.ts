import { millisecondsOf, startOfDayMs, timeOfDayMs } from './calendar.ts';
import type { FileTimes } from './file-times.ts';

/** Parts of a date. A `year` of undefined asks for inference. */
export interface DayParts {
  year: number | undefined;
  month: number | undefined;
  day: number;
}

export interface TimeParts {
  /** HH:MM:SS, as `TIME_PATTERN` matched it. */
  time: string;
  /** Digits after the decimal point, or ''. */
  fraction: string;
  /** Zone as `ZONE_PATTERN` matched it; '' means the zone of the upload. */
  zone: string;
}

const EARLIEST_MS = Date.parse('0001-01-01T00:00:00.000Z');
const LATEST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** Returns an instant in the form that records carry, or null if its year is not 1 to 9999. */
export function isoOf(epochMs: number): string | null {
  return epochMs >= EARLIEST_MS && epochMs <= LATEST_MS ? new Date(epochMs).toISOString() : null;
}

/**
 * Builds UTC instants from dates and times. Lines of a log usually share their day, so the last day is cached and most
 * instants take one concatenation.
 */
export class Instants {
  readonly #times: FileTimes;
  #dayText = '';
  #dayPrefix = '';
  #dayStartsAtMs = 0;

  constructor(times: FileTimes) {
    this.#times = times;
  }

  /**
   * Returns the instant, or null if the day does not exist. `dayOf` parses `dayText` and must be a pure function of it.
   */
  at(dayText: string, dayOf: (text: string) => DayParts, when: TimeParts): string | null {
    if (dayText !== this.#dayText && !this.#turnTo(dayText, dayOf(dayText), when.time)) return null;
    const zone = this.#times.zones.zone(when.zone);
    if (zone.fixedMs === 0 && !when.time.endsWith('60')) {
      return `${this.#dayPrefix}${when.time}.${millisecondsOf(when.fraction)}Z`;
    }
    const sinceMidnightMs = timeOfDayMs(when.time) + Number(millisecondsOf(when.fraction));
    const localMs = this.#dayStartsAtMs + sinceMidnightMs;
    const offsetMs = zone.offsetAt(localMs);
    return offsetMs === null ? null : isoOf(localMs - offsetMs);
  }

  #turnTo(dayText: string, parts: DayParts, time: string): boolean {
    if (parts.month === undefined) return false;
    const year = parts.year ?? this.#times.years.yearOf(parts.month, parts.day, timeOfDayMs(time));
    if (year === undefined) return false;
    const startsAtMs = startOfDayMs(year, parts.month, parts.day);
    if (startsAtMs === undefined) return false;
    // A day without a year is not cached, because the inferred year depends on the time of day too.
    this.#dayText = parts.year === undefined ? '' : dayText;
    this.#dayPrefix = `${pad(year, 4)}-${pad(parts.month, 2)}-${pad(parts.day, 2)}T`;
    this.#dayStartsAtMs = startsAtMs;
    return true;
  }
}

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}
