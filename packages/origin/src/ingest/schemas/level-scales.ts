import type { Level } from '@pilotlight/contracts';

/** Maps the numbers of a scale to levels; a number that the scale does not define has no level. */
type LevelOfNumber = (value: number) => Level | undefined;

function steps(levels: Readonly<Record<number, Level>>): LevelOfNumber {
  return (value) => levels[value];
}

/** The meaning of level numbers, by the product that defines them. The same number differs between scales. */
export const LEVEL_SCALES = {
  /** RFC 5424, section 6.2.1; also GELF and journald's PRIORITY. */
  syslog: steps({ 0: 'FATAL', 1: 'FATAL', 2: 'FATAL', 3: 'ERROR', 4: 'WARN', 5: 'NOTICE', 6: 'INFO', 7: 'DEBUG' }),
  /** Bunyan and pino. */
  pino: steps({ 10: 'TRACE', 20: 'DEBUG', 30: 'INFO', 40: 'WARN', 50: 'ERROR', 60: 'FATAL' }),
  /** `levelno` of Python's logging. */
  python: steps({ 10: 'DEBUG', 20: 'INFO', 30: 'WARN', 40: 'ERROR', 50: 'FATAL' }),
  /** Loguru: SUCCESS is 25. */
  loguru: steps({ 5: 'TRACE', 10: 'DEBUG', 20: 'INFO', 25: 'INFO', 30: 'WARN', 40: 'ERROR', 50: 'FATAL' }),
  /** `Level` of Windows events: 0 is LogAlways, which the Event Viewer shows as Information. */
  windows: steps({ 0: 'INFO', 1: 'FATAL', 2: 'ERROR', 3: 'WARN', 4: 'INFO', 5: 'TRACE' }),
  /** `EntryType` of the classic Windows event log; 16 is a failed audit, which is not a level. */
  windowsEntry: steps({ 1: 'ERROR', 2: 'WARN', 4: 'INFO', 8: 'INFO' }),
  nxlog: steps({ 1: 'DEBUG', 2: 'INFO', 3: 'WARN', 4: 'ERROR', 5: 'FATAL' }),
  /** Application Insights: Verbose to Critical. */
  applicationInsights: steps({ 0: 'TRACE', 1: 'INFO', 2: 'WARN', 3: 'ERROR', 4: 'FATAL' }),
  /** `LogLevel` of .NET: Trace to Critical. */
  dotnet: steps({ 0: 'TRACE', 1: 'DEBUG', 2: 'INFO', 3: 'WARN', 4: 'ERROR', 5: 'FATAL' }),
  gcp: steps({
    100: 'DEBUG',
    200: 'INFO',
    300: 'NOTICE',
    400: 'WARN',
    500: 'ERROR',
    600: 'FATAL',
    700: 'FATAL',
    800: 'FATAL',
  }),
  monolog: steps({
    100: 'DEBUG',
    200: 'INFO',
    250: 'NOTICE',
    300: 'WARN',
    400: 'ERROR',
    500: 'FATAL',
    550: 'FATAL',
    600: 'FATAL',
  }),
  /** `prio` of MySQL's error log: System, Error, Warning, Note. */
  mysql: steps({ 0: 'INFO', 1: 'ERROR', 2: 'WARN', 3: 'NOTICE' }),
  /** `SeverityNumber` of OpenTelemetry: four steps per level from TRACE (1) to FATAL4 (24). */
  otlp: (value) =>
    Number.isInteger(value) && value >= 1 && value <= 24
      ? (['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const)[Math.floor((value - 1) / 4)]
      : undefined,
} satisfies Record<string, LevelOfNumber>;

export type LevelScale = keyof typeof LEVEL_SCALES;
