import { InvalidArgument } from './errors.ts';

/** What the engine needs of a logger; pino's fits. */
export interface CacheLogger {
  /** Each hit and miss, with its key; asked for only where `isLevelEnabled('debug')` is not false. */
  debug(message: string): void;
  /** Starts, connections, reclaimed prefixes. */
  info(message: string): void;
  /** A server that is away, bytes that are no entry, a reload that failed: reads go on. */
  warn(message: string): void;
  /** What should not happen; `fields.err` is the error. */
  error(fields: object, message: string): void;
  /** Absent: every level is. */
  isLevelEnabled?(level: string): boolean;
}

/** Throws `InvalidArgument` if a logger lacks a method: it would be missed only when there is something to log. */
export function assertLogger(logger: CacheLogger): void {
  for (const level of ['debug', 'info', 'warn', 'error'] as const)
    if (typeof logger?.[level] !== 'function')
      throw new InvalidArgument('logger', 'an object with the methods debug, info, warn and error', logger);
}

export const silentLogger: CacheLogger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  isLevelEnabled: () => false,
};
