import type { LogRecord } from '../log-record.ts';

/** Reads one line of its format; null when the line is not of it. Costs at most a multiple of the line's length. */
export type LineParser = (line: string) => LogRecord | null;
