import { clockTime, TIME_PATTERN } from './calendar.ts';
import {
  type DayParts,
  dayFirst,
  digitsOnly,
  monthFirst,
  monthNumberFirst,
  ORDERED_DAYS,
  weekOrOrdinal,
  yearFirst,
  yearFirstUnpadded,
} from './day-notations.ts';
import { type Doubt, type Instants, isoOf } from './instants.ts';
import type { TimeTail } from './time-tail.ts';

/** One notation of an instant. */
export interface TimestampShape {
  /** Sticky, so that it can be tried anywhere in a line. Matches up to the last digit of the time of day. */
  readonly pattern: RegExp;
  /**
   * Returns the instant, a doubt if it is not certain, or null if the date does not exist and the text is therefore not
   * a timestamp.
   */
  read(match: RegExpExecArray, instants: Instants, tail: TimeTail): string | Doubt | null;
  /** AM, PM and a zone may follow. */
  readonly hasTail: boolean;
  /** The notation is too short to be recognised within a line, so it is tried only on a whole column. */
  readonly columnOnly?: true;
  /** A plain number, which at the start of a line is a time only up to a day after the upload. */
  readonly isNumber?: true;
}

const TIME = `(${TIME_PATTERN})`;
const FRACTION = '(?:[.,:](\\d{1,9}))?(?!:?\\d)';
/** A time of day and its fraction. The hour may have one digit, and the seconds may be missing. */
const CLOCK = '((?:2[0-3]|[01]?\\d):[0-5]\\d(?::(?:[0-5]\\d|60))?)(?:[.,:](\\d{1,9}))?(?!:?\\d)';
const MONTH = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const LONG_MONTH =
  '(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:tember)?|Oct(?:ober)?|' +
  'Nov(?:ember)?|Dec(?:ember)?)';
const WEEKDAY = '(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?:day|sday|nesday|rsday|urday)?,? )?';

/** A date, a time of day and its fraction. */
function shape(pattern: string, dayOf: (text: string) => DayParts): TimestampShape {
  return {
    pattern: new RegExp(pattern, 'y'),
    hasTail: true,
    read: ([, day = '', clock = '', fraction = ''], instants, tail) =>
      instants.at(day, dayOf, { time: clockTime(clock, tail.meridiem), fraction, zone: tail.zone }),
  };
}

/** `Sun Dec 04 04:47:44 2005`: the year comes last, and before it the zone. */
const asctime: TimestampShape = {
  pattern: new RegExp(
    `${WEEKDAY}(${MONTH} [ \\d]?\\d) ${CLOCK}(?: ([AP])M)?(?: ([A-Z]{1,5}|[+-]\\d{2,4}))? (\\d{4})(?!\\d)`,
    'y',
  ),
  hasTail: false,
  read: ([, day, clock = '', fraction = '', half, zone = '', year], instants) => {
    const time = clockTime(clock, half === 'A' ? 'a' : half === 'P' ? 'p' : '');
    return instants.at(`${day} ${year}`, monthFirst, { time, fraction, zone });
  },
};

/** 01/03/2026, 1.3.2026, 01-03-2026 and 17/06/09: the file decides the order of the parts. */
const digitDate: TimestampShape = {
  pattern: new RegExp(`(\\d{1,2}([-/.])\\d{1,2}\\2(?:\\d{4}|\\d\\d)),?[T ]{1,2}${CLOCK}`, 'y'),
  hasTail: true,
  read: ([, day = '', , clock = '', fraction = ''], instants, tail) => {
    const order = instants.times.orders.orderOf(day, tail.isCapitalMeridiem);
    if (order === null) return null;
    if (order === undefined) return { why: 'date_ambiguous', what: day };
    // The same digits may be two days, one before AM or PM and one without.
    const dayText = tail.isCapitalMeridiem ? `M${day}` : day;
    return instants.at(dayText, ORDERED_DAYS[order], {
      time: clockTime(clock, tail.meridiem),
      fraction,
      zone: tail.zone,
    });
  },
};

const compact: TimestampShape = {
  pattern: /(\d{8}|\d{6}(?= ))[ T]?([01]\d|2[0-3]):?([0-5]\d):?([0-5]\d)(?:[.,:](\d{1,9}))?(?!:?\d)/y,
  hasTail: true,
  read: ([, day = '', hour, minute, second, fraction = ''], instants, tail) =>
    instants.at(day, digitsOnly, {
      time: clockTime(`${hour}:${minute}:${second}`, tail.meridiem),
      fraction,
      zone: tail.zone,
    }),
};

/** `20171223-22:15:29:606`: numbers without leading zeros, so `:44` is 44 ms. */
const unpadded: TimestampShape = {
  pattern: /(\d{8})-(2[0-3]|[01]?\d):([0-5]?\d):([0-5]?\d)(?:(?::(\d{1,3})|[.,](\d{1,9})))?(?!:?\d)/y,
  hasTail: true,
  read: ([, day = '', hour = '', minute = '', second = '', milliseconds, fraction], instants, tail) => {
    const time = [hour, minute, second].map((part) => part.padStart(2, '0')).join(':');
    const parts = { fraction: milliseconds?.padStart(3, '0') ?? fraction ?? '', zone: tail.zone };
    return instants.at(day, digitsOnly, { time, ...parts });
  },
};

/** `2005-06-03-15.42.50.363779`, as Db2 and Blue Gene write it. */
const dotted: TimestampShape = {
  pattern: /(\d{4}-\d\d-\d\d)-([01]\d|2[0-3])\.([0-5]\d)\.([0-5]\d)(?:\.(\d{1,9}))?(?!\.?\d)/y,
  hasTail: true,
  read: ([, day = '', hour, minute, second, fraction = ''], instants, tail) =>
    instants.at(day, yearFirst, { time: `${hour}:${minute}:${second}`, fraction, zone: tail.zone }),
};

const dayOnly: TimestampShape = {
  pattern: /(\d{4}([-/.])\d\d\2\d\d)(?!\d)/y,
  hasTail: false,
  read: ([, day = ''], instants) => instants.at(day, yearFirst, { time: '00:00:00', fraction: '', zone: '' }),
  columnOnly: true,
};

/** Seconds, milliseconds, microseconds or nanoseconds since 1970, distinguished by their length (2001 to 2286). */
const epoch: TimestampShape = {
  pattern: /(\d{10})(?:[.,](\d{1,9})|(\d{3})(?:\d{3}){0,2})?(?![\d.,]*\d)/y,
  hasTail: false,
  isNumber: true,
  read: ([, seconds = '', fraction, milliseconds]) =>
    isoOf(Number(seconds) * 1000 + Number((fraction ?? milliseconds ?? '').slice(0, 3).padEnd(3, '0'))),
};

/** Seconds since 1970 as Go prints a float: `1.772359200123e+09`. */
const floatEpoch: TimestampShape = {
  pattern: /(\d)\.(\d{1,18})[eE]\+?0?9(?!\d)/y,
  hasTail: false,
  read: ([, digit = '', decimals = '']) =>
    isoOf(Math.trunc(Number(`${digit}${decimals.padEnd(12, '0').slice(0, 12)}`))),
};

/** .NET's `/Date(1772359200123+0100)/`: milliseconds since 1970; the zone is only how to show it. */
const dotNet: TimestampShape = {
  pattern: /\\?\/Date\((-?\d{1,15})(?:[+-]\d{4})?\)\\?\//y,
  hasTail: false,
  read: ([, milliseconds]) => isoOf(Number(milliseconds)),
  columnOnly: true,
};

/** The notations in the order in which they are tried. An earlier one may match more of the same text. */
export const TIMESTAMP_SHAPES: readonly TimestampShape[] = [
  {
    pattern: new RegExp(`(\\d{4}([-/.])\\d\\d\\2\\d\\d)[T _]${TIME}${FRACTION}`, 'y'),
    hasTail: true,
    read: ([, day = '', , time = '', fraction = ''], instants, tail) =>
      instants.at(day, yearFirst, { time: clockTime(time, tail.meridiem), fraction, zone: tail.zone }),
  },
  shape(`(\\d\\d/${MONTH}/\\d{4}):${TIME}${FRACTION}`, dayFirst),
  digitDate,
  compact,
  // MySQL before 5.7 and MariaDB pad the hour with a blank.
  shape('(\\d{6}) {1,2}(\\d:[0-5]\\d:[0-5]\\d)(?!:?\\d)', digitsOnly),
  asctime,
  shape(`${WEEKDAY}(\\d{1,2}[- ]${MONTH}[- ]\\d{4})[ ,]{1,3}${CLOCK}`, dayFirst),
  shape(`${WEEKDAY}(${LONG_MONTH} [ \\d]?\\d,? \\d{4}),? (?:at )?${CLOCK}`, monthFirst),
  shape(`(${MONTH} [ \\d]?\\d) ${TIME}${FRACTION}(?! (?:[A-Z]{1,5} |[+-]\\d{4} )?\\d{4}(?![\\d:.-]))`, monthFirst),
  shape(`(\\d\\d ${MONTH}) ${TIME}${FRACTION}`, dayFirst),
  shape(`(\\d\\d-\\d\\d) ${TIME}${FRACTION}`, monthNumberFirst),
  shape(`(\\d{4}[-/.]\\d{1,2}[-/.]\\d{1,2})(?:[T_]|,? {1,2})${CLOCK}`, yearFirstUnpadded),
  shape(`(\\d{4}-?W\\d\\d-?[1-7]|\\d{4}-\\d{3})[T ]${CLOCK}`, weekOrOrdinal),
  unpadded,
  dotted,
  epoch,
  floatEpoch,
  dayOnly,
  dotNet,
];
