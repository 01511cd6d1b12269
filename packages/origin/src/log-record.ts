import type { Level } from '@pilotlight/contracts';

/** One record as a parser gives it and a log store keeps it. */
export interface LogRecord {
  /** 1-based number in the file; with the file's id it makes the record's id, so a repeated ingest never doubles it. */
  line: number;
  /** UTC, ISO 8601 with milliseconds; null when the record carries none. */
  timestamp: string | null;
  level: Level;
  service: string | null;
  /** What people search; the raw text when no parser knew the record. */
  message: string;
  /** Client or source address. */
  source: string | null;
  method: string | null;
  path: string | null;
  /** HTTP status. */
  status: number | null;
  responseTimeMs: number | null;
  /** Every other parsed column, as parsed. */
  fields: Record<string, unknown>;
}
