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
  return typeof value === 'string' && value !== '' && value !== '-' && value.length <= 255 ? value : null;
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
