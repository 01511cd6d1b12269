import type { Level } from '@pilotlight/contracts';
import { comparable } from './column-names.ts';
import { parseRequestLine } from './formats/request-line.ts';
import { levelOfNumber, levelOfWord } from './levels.ts';

/** Returns the level of a word, a letter, a pino number or a syslog severity, or undefined for any other value. */
export function levelOfColumn(value: unknown): Level | undefined {
  if (typeof value === 'number') return levelOfNumber(value);
  if (typeof value !== 'string' || value.length > 16) return undefined;
  const word = value.trim();
  return /^\d{1,2}$/.test(word) ? levelOfNumber(Number(word)) : levelOfWord(word);
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

const UNIT_MS: Record<string, number> = { ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1, s: 1e3, sec: 1e3, m: 60_000 };

/**
 * Returns a duration in milliseconds, or null. The unit comes from the value (`1.5s`), else from the suffix of the
 * column's name, else it is milliseconds.
 */
export function durationMs(value: unknown, name: string): number | null {
  const match =
    typeof value === 'number'
      ? [String(value), String(value)]
      : /^(\d{1,15}(?:\.\d{1,15})?) ?([a-zµμ]{1,3})?$/.exec(String(value));
  if (match === null || typeof value === 'boolean') return null;
  const amount = Number(match[1]);
  const unit = match[2] === undefined ? unitOf(name) : UNIT_MS[match[2]];
  if (unit === undefined || !Number.isFinite(amount) || amount < 0) return null;
  // Twelve digits hold any duration, and turn 0.123 s into 123 ms instead of 122.99999999999999.
  const milliseconds = Number((amount * unit).toPrecision(12));
  return milliseconds <= Number.MAX_SAFE_INTEGER ? milliseconds : null;
}

/** Returns the unit that a column's name implies, in milliseconds. nginx's `request_time` is in seconds. */
function unitOf(name: string): number {
  const compared = comparable(name);
  if (
    compared === 'requesttime' ||
    compared === 'upstreamresponsetime' ||
    /(?<!milli|micro|nano)seconds$/.test(compared)
  )
    return 1e3;
  const suffix = /(?:[._-]|(?<=[a-z])(?=[A-Z]))(ms|us|ns|s|sec)$/i.exec(name)?.[1]?.toLowerCase();
  return suffix === undefined ? 1 : (UNIT_MS[suffix] ?? 1);
}
