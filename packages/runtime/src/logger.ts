import { type Logger as PinoLogger, pino } from 'pino';
import pretty from 'pino-pretty';
import { traceFields } from './tracing/spans.ts';

export type Logger = PinoLogger;

/**
 * Creates a logger that writes JSON lines, or short readable lines `forPeople`. Lines that are written in a span have its `trace_id` and
 * `span_id`.
 */
export function createLogger({ level, forPeople, name }: { level: string; forPeople: boolean; name: string }): Logger {
  const options = { level, name, base: { name }, mixin: traceFields };
  return forPeople
    ? pino(
        options,
        pretty({ ignore: 'pid,hostname,name', translateTime: 'SYS:HH:MM:ss.l', singleLine: true, sync: true }),
      )
    : pino(options);
}
