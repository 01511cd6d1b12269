import { type Logger as PinoLogger, pino } from 'pino';
import pretty from 'pino-pretty';
import { inOneLine, withoutControls } from './plain-lines.ts';
import { traceFields } from './tracing/spans.ts';

export type Logger = PinoLogger;

/**
 * Creates a logger that writes JSON lines, or short readable lines `forPeople`. JSON escapes what a client's text could inject; readable
 * lines have a replacement character in its place. Lines that are written in a span have its `trace_id` and `span_id`.
 */
export function createLogger({ level, forPeople, name }: { level: string; forPeople: boolean; name: string }): Logger {
  const options = { level, name, base: { name }, mixin: traceFields };
  if (!forPeople) return pino(options);
  const lines = pretty({
    ignore: 'pid,hostname,name',
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
    sync: true,
    messageFormat: (line, messageKey) => inOneLine(line[messageKey] ?? ''),
  });
  return pino(options, { write: (line: string) => void lines.write(withoutControls(line)) });
}
