import type { Level } from '@pilotlight/contracts';

/** One record, as a parser returns it and a log store stores it. */
export interface LogRecord {
  /**
   * Number of the record's first line in its file, counted from 1; in a JSON document or a table the number of the record.
   * Together with the file's id it is the record's id, so a repeated ingest never duplicates a record.
   */
  line: number;
  /** Number of the last line that the record covers; equal to `line` if the record has one line. */
  lineEnd: number;
  /** UTC, ISO 8601 with milliseconds; null if the record has no timestamp. */
  timestamp: string | null;
  level: Level;
  service: string | null;
  /** The text that searches match first; the raw text if no parser knew the record. */
  message: string;
  /** Client or source address. */
  source: string | null;
  method: string | null;
  path: string | null;
  /** HTTP status. */
  status: number | null;
  responseTimeMs: number | null;
  /** All other columns, as parsed. */
  fields: Record<string, unknown>;
}
