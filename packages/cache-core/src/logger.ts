/** What the engine needs of a logger; pino's fits. */
export interface CacheLogger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(fields: object, message: string): void;
  isLevelEnabled?(level: string): boolean;
}

export const silentLogger: CacheLogger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  isLevelEnabled: () => false,
};
