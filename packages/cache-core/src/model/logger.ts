import { InvalidArgument } from './errors.ts';

/** The logger that the engine uses. A pino logger fits. */
export interface CacheLogger {
  /** Logs each hit and miss with its key, if `isLevelEnabled('debug')` is not false. */
  debug(message: string): void;
  /** Logs starts, connections and reclaimed prefixes. */
  info(message: string): void;
  /** Logs unreachable servers, bytes that do not decode and failed reloads. Reads continue. */
  warn(message: string): void;
  /** Logs unexpected errors; `fields.err` is the error. */
  error(fields: object, message: string): void;
  /** Returns whether a level is logged. Without this method the engine assumes that every level is. */
  isLevelEnabled?(level: string): boolean;
}

/** Throws `InvalidArgument` if a logger lacks a method. Without the check, the gap would show only at the first log line. */
export function assertLogger(logger: CacheLogger): void {
  for (const level of ['debug', 'info', 'warn', 'error'] as const)
    if (typeof logger?.[level] !== 'function')
      throw new InvalidArgument('logger', 'an object with the methods debug, info, warn and error', logger);
}

/** Logs nothing. */
export const silentLogger: CacheLogger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  isLevelEnabled: () => false,
};
