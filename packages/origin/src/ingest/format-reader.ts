import type { LogRecord } from '../log-record.ts';

/** Turns the UTF-8 bytes of a file, cut into pieces anywhere, into records and adds them to its sink. */
export interface FormatReader {
  write(piece: Buffer): void;
  /** Ends the open record, because the next bytes are those of the archive's file of that number, from 0. */
  beginFile?(index: number): void;
  /** Flushes the remaining records after the last bytes. */
  end(): void;
}

/**
 * Parses one line of a format. Returns null if the line is not of the format. Costs time linear in the line's length.
 */
export type LineParser = (line: string) => LogRecord | null;
