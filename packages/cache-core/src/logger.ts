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

export const silentLogger: CacheLogger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  isLevelEnabled: () => false,
};
