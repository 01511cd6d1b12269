const MONTHS = new Map(
  ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'].flatMap((name, index) => [
    [name, index + 1],
    [name[0]?.toUpperCase() + name.slice(1), index + 1],
  ]),
);

/** Pattern source that matches a time of day in seconds, including leap seconds. */
export const TIME_PATTERN = '(?:[01]\\d|2[0-3]):[0-5]\\d:(?:[0-5]\\d|60)';

/** Returns the month, 1 to 12, for names such as `Jan`, `JAN` or `January`, or undefined for anything else. */
export function monthOf(name: string): number | undefined {
  return MONTHS.get(name) ?? MONTHS.get(name.slice(0, 3).toLowerCase());
}

/**
 * Returns midnight UTC of a day in ms since 1970 (`month` counts from 1), or undefined if the day does not exist or its
 * year is not 1 to 9999.
 */
export function startOfDayMs(year: number, month: number, day: number): number | undefined {
  if (!isDay(year, month, day)) return undefined;
  // Date.UTC reads years below 100 as 19xx.
  return year < 100 ? new Date(Date.UTC(2000, month - 1, day)).setUTCFullYear(year) : Date.UTC(year, month - 1, day);
}

/** Whether a day exists. Years are 1 to 9999. */
export function isDay(year: number, month: number, day: number): boolean {
  return year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Returns the milliseconds since midnight of a time that `TIME_PATTERN` matched. */
export function timeOfDayMs(time: string): number {
  return (Number(time.slice(0, 2)) * 3600 + Number(time.slice(3, 5)) * 60 + Number(time.slice(6, 8))) * 1000;
}

/** Returns the first three digits of a fraction of any length, padded with zeros. */
export function millisecondsOf(fraction: string): string {
  return fraction.length === 3 ? fraction : fraction.slice(0, 3).padEnd(3, '0');
}

/**
 * Returns HH:MM:SS of `H:MM` or `H:MM:SS` and the half of the day, or null if they contradict each other. `14:00 PM`,
 * which programs with a wrong pattern write, is 14:00.
 */
export function clockTime(clock: string, meridiem: '' | 'a' | 'p'): string | null {
  if (meridiem === '' && clock.length === 8) return clock;
  const colon = clock.indexOf(':');
  let hours = Number(clock.slice(0, colon));
  if ((meridiem === 'a' && hours > 12) || (meridiem === 'p' && hours === 0)) return null;
  if (meridiem === 'a' && hours === 12) hours = 0;
  if (meridiem === 'p' && hours < 12) hours += 12;
  const rest = clock.slice(colon);
  return `${String(hours).padStart(2, '0')}${rest.length === 3 ? `${rest}:00` : rest}`;
}
