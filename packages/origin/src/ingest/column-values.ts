import type { Level } from '@pilotlight/contracts';
import { parseRequestLine } from './formats/request-line.ts';
import { levelOfWord } from './levels.ts';
import { LEVEL_SCALES, type LevelScale } from './schemas/level-scales.ts';

/**
 * Returns the level of a word or a letter, or of a number of the given scale. Without a scale a number has no level:
 * 4 is Information for Windows, a warning for syslog and nothing for pino.
 */
export function levelOfColumn(
  value: unknown,
  scale?: LevelScale,
  words?: Readonly<Record<string, Level>>,
): Level | undefined {
  if (typeof value === 'number') return scale === undefined ? undefined : LEVEL_SCALES[scale](value);
  if (typeof value !== 'string' || value.length > 24) return undefined;
  const word = value.trim();
  const own = words?.[word.toLowerCase()];
  if (own !== undefined) return own;
  if (scale !== undefined && /^\d{1,3}$/.test(word)) return LEVEL_SCALES[scale](Number(word));
  // Go's slog writes levels between its own as an offset: ERROR+2, DEBUG-1.
  return levelOfWord(word) ?? levelOfWord(word.replace(/[+-]\d{1,3}$/, ''));
}

export function serviceName(value: unknown): string | null {
  return typeof value === 'string' && value !== '' && value.length <= 255 ? value : null;
}

/** Returns an HTTP status from 100 to 599, or null for any other value. */
export function httpStatus(value: unknown): number | null {
  const status = typeof value === 'string' && /^\d{3}$/.test(value.trim()) ? Number(value) : value;
  return typeof status === 'number' && Number.isInteger(status) && status >= 100 && status <= 599 ? status : null;
}

export function httpMethod(value: unknown): string | null {
  return typeof value === 'string' && /^[A-Za-z]{3,10}$/.test(value) ? value.toUpperCase() : null;
}

/** Returns the method and path of a path, a URL or a whole request line, or null for any other value. */
export function requestOf(value: unknown): { method: string | null; path: string } | null {
  if (typeof value !== 'string' || value === '') return null;
  if (/^(?:\/|\*$|[a-z][a-z0-9+.-]{1,20}:\/\/)/i.test(value)) return { method: null, path: value };
  const request = parseRequestLine(value);
  return request?.protocol == null ? null : { method: request.method, path: request.path };
}

export type DurationUnit = 'ns' | 'us' | 'ms' | 's';

const UNIT_MS: Record<string, number> = { ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1, s: 1e3, sec: 1e3, m: 60_000 };

/**
 * Returns a duration in milliseconds, or null. The unit comes from the value (`1.5s`), else it is `unit`; a number
 * without either is not a duration.
 */
export function durationMs(value: unknown, unit: DurationUnit | undefined): number | null {
  const match =
    typeof value === 'number'
      ? [String(value), String(value)]
      : /^(\d{1,15}(?:\.\d{1,15})?) ?([a-zµμ]{1,3})?$/.exec(String(value));
  if (match === null || typeof value === 'boolean') return null;
  const amount = Number(match[1]);
  const perUnit = UNIT_MS[match[2] ?? unit ?? ''];
  if (perUnit === undefined || !Number.isFinite(amount) || amount < 0) return null;
  // Twelve digits hold any duration, and turn 0.123 s into 123 ms instead of 122.99999999999999.
  const milliseconds = Number((amount * perUnit).toPrecision(12));
  return milliseconds <= Number.MAX_SAFE_INTEGER ? milliseconds : null;
}

const UNIT_WORDS: readonly (readonly [DurationUnit, RegExp])[] = [
  ['ms', /^(?:ms|msecs?|millis|milliseconds?)$|(?:millis|milliseconds|[a-z]{3}ms)$/],
  ['us', /^(?:us|usecs?|micros|microseconds?)$|(?:micros|microseconds)$/],
  ['ns', /^(?:ns|nsecs?|nanos|nanoseconds?)$|(?:nanos|nanoseconds)$/],
  ['s', /^(?:s|secs?|seconds?)$|seconds$/],
];

/** Returns the unit that the last word of a column's name is (`duration_ms`, `elapsedMilliseconds`), or undefined. */
export function unitOfName(name: string): DurationUnit | undefined {
  const words = name.replace(/([a-z\d])([A-Z])/g, '$1 $2').match(/[A-Za-z\d]+/g);
  const last = words?.at(-1)?.toLowerCase() ?? '';
  return UNIT_WORDS.find(([, pattern]) => pattern.test(last))?.[0];
}
