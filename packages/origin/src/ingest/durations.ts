/** Unit of a duration that is written as a number alone. `timespan` is .NET's `[days.]hours:minutes:seconds[.fraction]`. */
export type DurationUnit = 'ns' | 'us' | 'ms' | 's' | 'min' | 'h' | 'timespan';

const UNIT_MS: Readonly<Record<Exclude<DurationUnit, 'timespan'>, number>> = {
  ns: 1e-6,
  us: 1e-3,
  ms: 1,
  s: 1e3,
  min: 60_000,
  h: 3_600_000,
};

const SPELLINGS: Readonly<Record<keyof typeof UNIT_MS, string>> = {
  ns: 'ns nsec nsecs nano nanos nanosec nanosecs nanosecond nanoseconds',
  us: 'us µs μs usec usecs micro micros microsec microsecs microsecond microseconds',
  ms: 'ms msec msecs milli millis millisec millisecs millisecond milliseconds',
  s: 's sec secs second seconds',
  min: 'min mins minute minutes',
  h: 'h hr hrs hour hours',
};

const BY_SPELLING = new Map<string, keyof typeof UNIT_MS>(
  Object.entries(SPELLINGS).flatMap(([unit, words]) =>
    words.split(' ').map((word) => [word, unit as keyof typeof UNIT_MS] as const),
  ),
);

const NUMBER = /^\d{1,15}(?:\.\d{1,15})?(?:[eE][+-]?\d{1,2})?$/;
const WITH_UNIT = /^(\d{1,15}(?:\.\d{1,15})?) {0,2}([A-Za-zµμ]{1,12})$/;
/** Go's `Duration.String`: `1h2m3.5s`; a lone `5m` is minutes there and everywhere. */
const GO = /^(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,15}(?:\.\d{1,9})?)s)?$/;
/** ISO 8601 without years and months, whose length varies: `PT1.5S`, `P1DT2H`. */
const ISO = /^P(?:(\d{1,6})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:[.,]\d{1,9})?)S)?)?$/;
const TIMESPAN = /^(?:(\d{1,8})\.)?(\d{1,2}):([0-5]\d):([0-5]\d(?:\.\d{1,7})?)$/;
const MAX_CHARACTERS = 48;

/**
 * Returns a duration in ms, or null. A unit in the value (`12ms`, `1.5 s`, `1h2m3.5s`, `PT1.5S`) counts; a number alone
 * has the given unit, and without one its meaning is not known.
 *
 * @param unit unit of numbers alone: what the column's name says (`unitOfName`) or the product's documentation
 */
export function durationMs(value: unknown, unit: DurationUnit | undefined): number | null {
  if (typeof value === 'number') return amountMs(value, unit);
  if (typeof value !== 'string' || value.length > MAX_CHARACTERS) return null;
  const text = value.trim();
  if (NUMBER.test(text)) return amountMs(Number(text), unit);
  if (unit === 'timespan') return partsMs(TIMESPAN.exec(text));
  const written = WITH_UNIT.exec(text);
  if (written !== null && written[2] !== 'm') return amountMs(Number(written[1]), BY_SPELLING.get(written[2] ?? ''));
  const [, hours, minutes, seconds] = GO.exec(text) ?? [];
  return (hours ?? minutes ?? seconds) === undefined
    ? partsMs(ISO.exec(text))
    : partsMs(['', undefined, hours, minutes, seconds]);
}

/**
 * Returns the unit that the last word of a column's name says, or undefined: `duration_ms`, `elapsedMs`,
 * `latency.seconds`.
 */
export function unitOfName(name: string): DurationUnit | undefined {
  const word = /(?:^|[^A-Za-z]|(?<=[a-z\d])(?=[A-Z]))([A-Z]?[a-zµμ]{1,12}|[A-Z]{1,12})$/.exec(name)?.[1];
  return word === undefined || word === name ? undefined : BY_SPELLING.get(word.toLowerCase());
}

function amountMs(amount: number, unit: DurationUnit | undefined): number | null {
  if (unit === undefined || unit === 'timespan' || !Number.isFinite(amount) || amount < 0) return null;
  return rounded(amount * UNIT_MS[unit]);
}

/** Adds up days, hours, minutes and seconds of a match, at least one of which must be present. */
function partsMs(match: readonly (string | undefined)[] | null): number | null {
  const [, days, hours, minutes, seconds] = match ?? [];
  if ((days ?? hours ?? minutes ?? seconds) === undefined) return null;
  const wholeMinutes = (Number(days ?? 0) * 24 + Number(hours ?? 0)) * 60 + Number(minutes ?? 0);
  return rounded(wholeMinutes * 60_000 + Number((seconds ?? '0').replace(',', '.')) * 1000);
}

/** Twelve digits hold any duration, and turn 0.123 s into 123 ms instead of 122.99999999999999. */
function rounded(milliseconds: number): number | null {
  const value = Number(milliseconds.toPrecision(12));
  return value <= Number.MAX_SAFE_INTEGER ? value : null;
}
