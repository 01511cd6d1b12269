import { LEVELS, type Level } from '@pilotlight/contracts';

/** Stored codes of levels. A code never changes its meaning, because rows outlive the code that wrote them. */
export const LEVEL_CODES = {
  UNKNOWN: 0,
  TRACE: 1,
  DEBUG: 2,
  INFO: 3,
  NOTICE: 4,
  WARN: 5,
  ERROR: 6,
  FATAL: 7,
} as const satisfies Record<Level, number>;

/** Codes from this one on count as errors: ERROR and FATAL. */
export const FIRST_ERROR_CODE = LEVEL_CODES.ERROR;

const LEVEL_OF_CODE = new Map<number, Level>(LEVELS.map((level) => [LEVEL_CODES[level], level]));

export function levelOfCode(code: number): Level {
  const level = LEVEL_OF_CODE.get(code);
  if (level === undefined) throw new RangeError(`expected a level code from 0 to 7 in log_lines, got ${code}`);
  return level;
}
