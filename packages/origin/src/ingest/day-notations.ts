import { monthOf, startOfDayMs } from './calendar.ts';
import type { DateOrder } from './date-orders.ts';

/** Parts of a date. A `year` of undefined asks for inference. */
export interface DayParts {
  year: number | undefined;
  month: number | undefined;
  day: number;
}

function parts(year: string | undefined, month: string | undefined, day: string | undefined): DayParts {
  return { year: Number(year), month: Number(month), day: Number(day) };
}

/** 2015-10-18, 2015/10/18, 2015.10.18 */
export const yearFirst = (text: string): DayParts => parts(text.slice(0, 4), text.slice(5, 7), text.slice(8, 10));

/** 2015/3/1 */
export const yearFirstUnpadded = (text: string): DayParts => {
  const [year, month, day] = text.split(/[-/.]/);
  return parts(year, month, day);
};

/** 081109, 20081109 */
export const digitsOnly = (text: string): DayParts =>
  text.length === 6
    ? parts(`20${text.slice(0, 2)}`, text.slice(2, 4), text.slice(4, 6))
    : parts(text.slice(0, 4), text.slice(4, 6), text.slice(6, 8));

/** 17/May/2015, 17 May 2015, 7-May-2015, or `17 May`, whose year is inferred */
export const dayFirst = (text: string): DayParts => {
  const [day = '', month = '', year] = text.split(/[-/ ]/);
  return { year: year === undefined ? undefined : Number(year), month: monthOf(month), day: Number(day) };
};

/** `May 17 2015`, `March 1, 2026`, or `May 17`, whose year is inferred */
export const monthFirst = (text: string): DayParts => {
  const [month = '', day = '', year] = text.split(/,? +/);
  return { year: year === undefined ? undefined : Number(year), month: monthOf(month), day: Number(day) };
};

/** 03-17, whose year is inferred */
export const monthNumberFirst = (text: string): DayParts => ({
  year: undefined,
  month: Number(text.slice(0, 2)),
  day: Number(text.slice(3, 5)),
});

/** 2026-W09-7, 2026W097: week and day of the week (ISO 8601, Monday is 1); 2026-060: day of the year. */
export const weekOrOrdinal = (text: string): DayParts => {
  const year = Number(text.slice(0, 4));
  const digits = text.slice(4).replace(/[-W]/g, '');
  const isWeek = text.includes('W');
  const startMs = startOfDayMs(year, 1, isWeek ? 4 : 1) ?? Number.NaN;
  // The first week is the one that has 4 January.
  const mondayOffset = (new Date(startMs).getUTCDay() + 6) % 7;
  const days = isWeek
    ? (Number(digits.slice(0, 2)) - 1) * 7 + Number(digits.slice(2)) - 1 - mondayOffset
    : Number(digits) - 1;
  const day = new Date(startMs + days * 86_400_000);
  // A week belongs to the year of its Thursday. Week 53 of a year with 52 and day 366 of one with 365 do not exist.
  const thursday = isWeek ? new Date(day.getTime() + (4 - Number(digits.slice(2))) * 86_400_000) : day;
  const exists = thursday.getUTCFullYear() === year;
  return { year: day.getUTCFullYear(), month: exists ? day.getUTCMonth() + 1 : undefined, day: day.getUTCDate() };
};

/** 01/03/2026, 17/06/09 and the like, per order of their parts. */
export const ORDERED_DAYS: Readonly<Record<DateOrder, (text: string) => DayParts>> = {
  ymd: (text) => orderedParts(text, [0, 1, 2]),
  dmy: (text) => orderedParts(text, [2, 1, 0]),
  mdy: (text) => orderedParts(text, [2, 0, 1]),
};

/** Reads `01/03/2026`, or `M01/03/2026` before AM or PM. `places` are those of the year, the month and the day. */
function orderedParts(text: string, places: readonly [number, number, number]): DayParts {
  const numbers = text.split(/[/.-]/);
  numbers[0] = (numbers[0] ?? '').replace('M', '');
  const [year = '', month = '', day = ''] = places.map((place) => numbers[place]);
  return { year: Number(year.length === 2 ? `20${year}` : year), month: Number(month), day: Number(day) };
}
