import { printable } from './text.ts';

/** A record as a search or a live tail returns it. */
export interface LogLine {
  readonly timestamp: string | null;
  readonly level: string;
  readonly service: string | null;
  readonly message: string;
}

const NO_TIME = '-'.padEnd(24);

/** Returns a record as one line: time, level, service and message, without control characters. */
export function lineOf({ timestamp, level, service, message }: LogLine): string {
  const from = service === null ? '' : `${printable(service)}: `;
  return `${timestamp ?? NO_TIME} ${level.padEnd(7)} ${from}${printable(message)}\n`;
}
