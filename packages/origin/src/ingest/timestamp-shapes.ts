import { monthOf, TIME_PATTERN, ZONE_PATTERN } from './calendar.ts';
import { type DayParts, type Instants, isoOf } from './instants.ts';

/** One notation of an instant. */
export interface TimestampShape {
  /** Sticky, so that it can be tried anywhere in a line. */
  readonly pattern: RegExp;
  /** Returns the instant, or null if the date does not exist and the text is therefore not a timestamp. */
  read(match: RegExpExecArray, instants: Instants): string | null;
  /** The notation is too short to be recognised within a line, so it is tried only on a whole column. */
  readonly columnOnly?: true;
}

const TIME = `(${TIME_PATTERN})`;
const FRACTION = '(?:[.,:](\\d{1,9}))?(?!:?\\d)';
const ZONE = `(?: ?(${ZONE_PATTERN}))?`;
const MONTH = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const WEEKDAY = '(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?';

/** 2015-10-18, 2015/10/18, 2015.10.18 */
const yearFirst = (text: string): DayParts => parts(text.slice(0, 4), text.slice(5, 7), text.slice(8, 10));
/** 17/06/09 is 9 June 2017. */
const shortYearFirst = (text: string): DayParts => parts(`20${text.slice(0, 2)}`, text.slice(3, 5), text.slice(6, 8));
/** 081109, 20081109 */
const digitsOnly = (text: string): DayParts =>
  text.length === 6
    ? parts(`20${text.slice(0, 2)}`, text.slice(2, 4), text.slice(4, 6))
    : parts(text.slice(0, 4), text.slice(4, 6), text.slice(6, 8));
/** 17/May/2015, 17 May 2015, 7-May-2015 */
const dayFirst = (text: string): DayParts => {
  const [day = '', month = '', year = ''] = text.split(/[-/ ]/);
  return { year: Number(year), month: monthOf(month), day: Number(day) };
};
/** `May 17 2015`, or `May 17`, whose year is inferred */
const monthFirst = (text: string): DayParts => {
  const [month = '', day = '', year] = text.split(/ +/);
  return { year: year === undefined ? undefined : Number(year), month: monthOf(month), day: Number(day) };
};
/** 03-17 */
const monthNumberFirst = (text: string): DayParts => ({
  year: undefined,
  month: Number(text.slice(0, 2)),
  day: Number(text.slice(3, 5)),
});

function parts(year: string, month: string, day: string): DayParts {
  return { year: Number(year), month: Number(month), day: Number(day) };
}

function shape(pattern: string, dayOf: (text: string) => DayParts): TimestampShape {
  return {
    pattern: new RegExp(pattern, 'y'),
    read: ([, day = '', time = '', fraction = '', zone = ''], instants) =>
      instants.at(day, dayOf, { time, fraction, zone }),
  };
}

const compact: TimestampShape = {
  pattern: /(\d{8}|\d{6}(?= ))[ T-]?([01]\d|2[0-3]):?([0-5]\d):?([0-5]\d)(?:[.,:](\d{1,9}))?(Z?)(?!:?\d)/y,
  read: ([, day = '', hour, minute, second, fraction = '', zone = ''], instants) =>
    instants.at(day, digitsOnly, { time: `${hour}:${minute}:${second}`, fraction, zone }),
};

/** `Sun Dec 04 04:47:44 2005`: the year comes last. */
const asctime: TimestampShape = {
  pattern: new RegExp(`${WEEKDAY}(${MONTH} [ \\d]?\\d) ${TIME}${FRACTION}${ZONE} (\\d{4})(?!\\d)`, 'y'),
  read: ([, day = '', time = '', fraction = '', zone = '', year = ''], instants) =>
    instants.at(`${day} ${year}`, monthFirst, { time, fraction, zone }),
};

const minuteOnly: TimestampShape = {
  pattern: new RegExp(`(\\d{4}([-/.])\\d\\d\\2\\d\\d)[T ]((?:[01]\\d|2[0-3]):[0-5]\\d)${ZONE}(?![\\d:])`, 'y'),
  read: ([, day = '', , time = '', zone = ''], instants) =>
    instants.at(day, yearFirst, { time: `${time}:00`, fraction: '', zone }),
};

const dayOnly: TimestampShape = {
  pattern: /(\d{4}([-/.])\d\d\2\d\d)(?!\d)/y,
  read: ([, day = ''], instants) => instants.at(day, yearFirst, { time: '00:00:00', fraction: '', zone: '' }),
  columnOnly: true,
};

/** Seconds, milliseconds, microseconds or nanoseconds since 1970, distinguished by their length (2001 to 2286). */
const epoch: TimestampShape = {
  pattern: /(\d{10})(?:[.,](\d{1,9})|(\d{3})(?:\d{3}){0,2})?(?![\d.,]*\d)/y,
  read: ([, seconds = '', fraction, milliseconds], _instants) =>
    isoOf(Number(seconds) * 1000 + Number((fraction ?? milliseconds ?? '').slice(0, 3).padEnd(3, '0'))),
};

/** The notations in the order in which they are tried. An earlier one may match more of the same text. */
export const TIMESTAMP_SHAPES: readonly TimestampShape[] = [
  {
    pattern: new RegExp(`(\\d{4}([-/.])\\d\\d\\2\\d\\d)[T _]${TIME}${FRACTION}${ZONE}`, 'y'),
    read: ([, day = '', , time = '', fraction = '', zone = ''], instants) =>
      instants.at(day, yearFirst, { time, fraction, zone }),
  },
  shape(`(\\d\\d/${MONTH}/\\d{4}):${TIME}${FRACTION}${ZONE}`, dayFirst),
  shape(`(\\d\\d/\\d\\d/\\d\\d) ${TIME}${FRACTION}${ZONE}`, shortYearFirst),
  compact,
  asctime,
  shape(`${WEEKDAY}(\\d{1,2}[- ]${MONTH}[- ]\\d{4})[ ,]+${TIME}${FRACTION}${ZONE}`, dayFirst),
  shape(`(${MONTH} [ \\d]?\\d \\d{4}) ${TIME}${FRACTION}${ZONE}`, monthFirst),
  shape(`(${MONTH} [ \\d]?\\d) ${TIME}${FRACTION}${ZONE}`, monthFirst),
  shape(`(\\d\\d-\\d\\d) ${TIME}${FRACTION}${ZONE}`, monthNumberFirst),
  minuteOnly,
  epoch,
  dayOnly,
];
