import type { LogRecord } from '../log-record.ts';
import { millisecondsOf, startOfDayMs, timeOfDayMs } from './calendar.ts';
import type { DayParts } from './day-notations.ts';
import type { FileTimes } from './file-times.ts';

export interface TimeParts {
  /** HH:MM:SS, as `TIME_PATTERN` matched it, or null if it is not a time of day. */
  time: string | null;
  /** Digits after the decimal point, or ''. */
  fraction: string;
  /** Zone as written; '' means the zone of the upload. */
  zone: string;
}

/** Why the instant of a time is not certain, and the part of the time that has several meanings. */
export interface Doubt {
  readonly why: 'zone_ambiguous' | 'date_ambiguous';
  readonly what: string;
}

const EARLIEST_MS = Date.parse('0001-01-01T00:00:00.000Z');
const LATEST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** Returns an instant in the form that records carry, or null if its year is not 1 to 9999. */
export function isoOf(epochMs: number): string | null {
  return epochMs >= EARLIEST_MS && epochMs <= LATEST_MS ? new Date(epochMs).toISOString() : null;
}

/** What a record's fields say of a time whose instant is not certain: the time as written and why. */
export type TimeDoubt = { readonly time: string } & { readonly [why in Doubt['why']]?: string };

export function doubtOf(time: string, { why, what }: Doubt): TimeDoubt {
  return { time, [why]: what };
}

/** Gives a record its time, which is `written` in its line. A time that is not certain stays in `fields`. */
export function setInstant(record: LogRecord, instant: string | Doubt, written: string): void {
  if (typeof instant === 'string') record.timestamp = instant;
  else Object.assign(record.fields, doubtOf(written, instant));
}

/**
 * Builds UTC instants from dates and times. Lines of a log usually share their day, so the last day is cached and most
 * instants take one concatenation.
 */
export class Instants {
  readonly times: FileTimes;
  #dayText = '';
  #dayPrefix = '';
  #dayStartsAtMs = 0;
  /** Turns of the years at which the day was cached if its year is inferred. */
  #turns: number | undefined;

  constructor(times: FileTimes) {
    this.times = times;
  }

  /**
   * Returns the instant, a doubt if it is a time whose instant is not certain, or null if the day does not exist.
   * `dayOf` parses `dayText` and must be a pure function of it.
   */
  at(dayText: string, dayOf: (text: string) => DayParts, when: TimeParts): string | Doubt | null {
    const { time } = when;
    if (
      time === null ||
      ((dayText !== this.#dayText || this.#hasTurned) && !this.#turnTo(dayText, dayOf(dayText), time))
    )
      return null;
    const zone = this.times.zones.zone(when.zone);
    if (zone.fixedMs === 0 && !time.endsWith('60')) {
      return `${this.#dayPrefix}${time}.${millisecondsOf(when.fraction)}Z`;
    }
    const localMs = this.#dayStartsAtMs + timeOfDayMs(time) + Number(millisecondsOf(when.fraction));
    const offsetMs = zone.offsetAt(localMs);
    if (offsetMs === null) return { why: 'zone_ambiguous', what: this.times.zones.nameOf(when.zone) };
    return isoOf(localMs - offsetMs);
  }

  /** Whether other times without a year came between, on which the year depends. */
  get #hasTurned(): boolean {
    return this.#turns !== undefined && this.#turns !== this.times.years.turns;
  }

  #turnTo(dayText: string, parts: DayParts, time: string): boolean {
    if (parts.month === undefined) return false;
    const year = parts.year ?? this.times.years.yearOf(parts.month, parts.day, timeOfDayMs(time));
    if (year === undefined) return false;
    const startsAtMs = startOfDayMs(year, parts.month, parts.day);
    if (startsAtMs === undefined) return false;
    this.#dayText = dayText;
    this.#turns = parts.year === undefined ? this.times.years.turns : undefined;
    this.#dayPrefix = `${pad(year, 4)}-${pad(parts.month, 2)}-${pad(parts.day, 2)}T`;
    this.#dayStartsAtMs = startsAtMs;
    return true;
  }
}

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}
