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

const NUMBER = /^\+?\d{1,15}(?:\.\d{1,15})?(?:[eE][+-]?\d{1,2})?$/;
/** `12ms`, `1.5 s`, and Go's `1h2m3.5s`: numbers with their units, largest first. `m` is minutes. */
const WITH_UNITS = /^(?:\d{1,15}(?:\.\d{1,15})? {0,2}[A-Za-zµμ]{1,12} ?){1,5}$/;
const NUMBER_AND_UNIT = /(\d{1,15}(?:\.\d{1,15})?) {0,2}([A-Za-zµμ]{1,12})/g;
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
  return WITH_UNITS.test(text) ? sumMs(text) : partsMs(ISO.exec(text));
}

function sumMs(text: string): number | null {
  let sum = 0;
  for (const [, amount, spelling = ''] of text.matchAll(NUMBER_AND_UNIT)) {
    const unit = spelling === 'm' ? 'min' : BY_SPELLING.get(spelling.toLowerCase());
    if (unit === undefined) return null;
    sum += Number(amount) * UNIT_MS[unit];
  }
  return rounded(sum);
}

/** Units at the end of a word that is not split: `elapsedmilliseconds`, `latencyms`. */
const JOINED_UNIT =
  /(millis|milliseconds|micros|microseconds|nanos|nanoseconds|seconds)$|(?:time|tion|psed|ency)([mun]s)$/;

/**
 * Returns the unit that a column's name ends with, or undefined: `duration_ms`, `elapsedMs`, `latency.seconds`. Only
 * names of durations make sense here.
 */
export function unitOfName(name: string): DurationUnit | undefined {
  const words = name.match(/[A-Z]?[a-zµμ]+|[A-Z]+|\d+/g) ?? [];
  const last = words.at(-1)?.toLowerCase() ?? '';
  const joined = JOINED_UNIT.exec(last);
  return (words.length > 1 ? BY_SPELLING.get(last) : undefined) ?? BY_SPELLING.get(joined?.[1] ?? joined?.[2] ?? '');
}

function amountMs(amount: number, unit: DurationUnit | undefined): number | null {
  if (unit === undefined || unit === 'timespan' || !Number.isFinite(amount)) return null;
  return rounded(amount * UNIT_MS[unit]);
}

/** Adds up days, hours, minutes and seconds of a match, at least one of which must be present. */
function partsMs(match: readonly (string | undefined)[] | null): number | null {
  const [, days, hours, minutes, seconds] = match ?? [];
  if ((days ?? hours ?? minutes ?? seconds) === undefined) return null;
  const wholeMinutes = (Number(days ?? 0) * 24 + Number(hours ?? 0)) * 60 + Number(minutes ?? 0);
  return rounded(wholeMinutes * 60_000 + Number((seconds ?? '0').replace(',', '.')) * 1000);
}

/**
 * Twelve digits hold any duration, and turn 0.123 s into 123 ms instead of 122.99999999999999. Below 17 minutes, rounding
 * to 1e-9 ms does the same in a tenth of the time that formatting takes.
 */
function rounded(milliseconds: number): number | null {
  const value = milliseconds < 1e6 ? Math.round(milliseconds * 1e9) / 1e9 : Number(milliseconds.toPrecision(12));
  return value >= 0 && value <= Number.MAX_SAFE_INTEGER ? value : null;
}
