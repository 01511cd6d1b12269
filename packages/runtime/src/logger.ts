import { type Logger as PinoLogger, pino } from 'pino';
import pretty from 'pino-pretty';

export type Logger = PinoLogger;

/** Creates a logger that writes JSON lines, or short readable lines `forPeople`. */
export function createLogger({ level, forPeople, name }: { level: string; forPeople: boolean; name: string }): Logger {
  const options = { level, name, base: { name } };
  return forPeople
    ? pino(
        options,
        pretty({ ignore: 'pid,hostname,name', translateTime: 'SYS:HH:MM:ss.l', singleLine: true, sync: true }),
      )
    : pino(options);
}
