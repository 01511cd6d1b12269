import { type Logger as PinoLogger, pino } from 'pino';
import pretty from 'pino-pretty';
import { boundedOutput } from './bounded-output.ts';
import { inOneLine, withoutControls } from './plain-lines.ts';
import { traceFields } from './tracing/spans.ts';

export type Logger = PinoLogger;

/**
 * Creates a logger that writes JSON lines, or short readable lines `forPeople`. JSON escapes what a client's text could inject; readable
 * lines have a replacement character in its place. Lines that are written in a span have its `trace_id` and `span_id`.
 */
export function createLogger({ level, forPeople, name }: { level: string; forPeople: boolean; name: string }): Logger {
  const options = { level, name, base: { name }, mixin: traceFields };
  if (!forPeople) {
    // Not pino's own destination: on exit it repeats a write without end, also to a reader that is gone (sonic-boom 4.2.1), and
    // what waits for a frozen reader has no limit.
    const logger: Logger = pino(
      options,
      boundedOutput(process.stdout, (lines) =>
        logger.error({ lines }, 'log lines were dropped: their reader was too slow'),
      ),
    );
    return logger;
  }
  const lines = pretty({
    ignore: 'pid,hostname,name',
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
    sync: true,
    messageFormat: (line, messageKey) => inOneLine(line[messageKey] ?? ''),
  });
  return pino(options, { write: (line: string) => void lines.write(withoutControls(line)) });
}
