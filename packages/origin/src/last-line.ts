import { UnreadableFile } from './ingest/index.ts';
import type { LogRecord } from './log-record.ts';

/** The greatest number of a line that both log stores can keep. */
export const MAX_LINE = 2_147_483_647;

/** Returns the last line of the records of a batch, or `before` if it is later. Throws `TooManyLines`. */
export function lastLine(before: number, records: readonly LogRecord[]): number {
  const last = records.reduce((line, { lineEnd }) => Math.max(line, lineEnd), before);
  if (last > MAX_LINE) throw new TooManyLines();
  return last;
}

class TooManyLines extends UnreadableFile {
  constructor() {
    super('TOO_MANY_LINES', `expected a file of at most ${MAX_LINE} lines, got more; split it and upload the parts`);
  }
}
