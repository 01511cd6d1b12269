import type { DurationUnit } from './shape.ts';

const MILLISECONDS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1e3,
  sec: 1e3,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
};

/** Returns the milliseconds of a number of a unit, or null if the text is not a number of at least 0. */
export function durationOf(value: string, unit: DurationUnit): number | null {
  return /^\+?\d{1,15}(?:\.\d{0,15})?$/.test(value) ? milliseconds(Number(value), unit) : null;
}

/** Returns the milliseconds of numbers with their units, such as `12ms`, `1.5s` or Go's `1m2.5s`, or null. */
export function durationWithUnit(value: string): number | null {
  if (!/^(?:\d{1,15}(?:\.\d{1,15})? ?[a-zµμ]{1,3}){1,4}$/.test(value)) return null;
  let sum = 0;
  for (const [, amount, unit = ''] of value.matchAll(/(\d{1,15}(?:\.\d{1,15})?) ?([a-zµμ]{1,3})/g)) {
    const part = Object.hasOwn(MILLISECONDS, unit) ? milliseconds(Number(amount), unit) : null;
    if (part === null) return null;
    sum += part;
  }
  return rounded(sum);
}

function milliseconds(amount: number, unit: string): number | null {
  return rounded(amount * (MILLISECONDS[unit] ?? Number.NaN));
}

/** Twelve digits hold any duration, and turn 0.123 s into 123 ms instead of 122.99999999999999. */
export function rounded(value: number): number | null {
  const digits = Number(value.toPrecision(12));
  return digits >= 0 && digits <= Number.MAX_SAFE_INTEGER ? digits : null;
}
