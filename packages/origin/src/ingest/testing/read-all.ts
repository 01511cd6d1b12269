import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { LogRecord } from '../../log-record.ts';
import { type ReadOptions, readRecords } from '../read-records.ts';
import type { IngestSummary } from '../record-sink.ts';

/** Reads all bytes of a source. */
export async function readAll(
  bytes: Buffer | string | (() => AsyncIterable<Buffer>),
  options: Partial<ReadOptions> = {},
): Promise<{ records: LogRecord[]; summary: IngestSummary }> {
  const open = typeof bytes === 'function' ? bytes : () => inChunks(Buffer.from(bytes), 10_000);
  const reader = readRecords(open, { uploadedAt: new Date('2026-01-01T00:00:00Z'), ...options });
  const records: LogRecord[] = [];
  for await (const batch of reader) records.push(...batch);
  return { records, summary: reader.summary };
}

/** Yields bytes in chunks of `chunkBytes`, as a source does. */
export async function* inChunks(bytes: Buffer, chunkBytes: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}

/** Counts the records per value of a column, for example `{ INFO: 3 }`. */
export function countBy(records: readonly LogRecord[], column: 'level' | 'status' | 'source'): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const record of records) counts[String(record[column])] = (counts[String(record[column])] ?? 0) + 1;
  return counts;
}

const SHARED_DATA = join(import.meta.dirname, '../../../../../../shared/data');

/** Path of a real input. It lies beside the repository and is not part of it. */
export function sharedData(path: string): string {
  return join(SHARED_DATA, path);
}

/** Suffix for titles of tests on real inputs: the reason they are skipped, or '' if they run. */
export const SHARED_DATA_MISSING = existsSync(SHARED_DATA) ? '' : ` (skipped: the folder ../shared/data is not there)`;

/** Returns the single record of a line, without empty columns, and the recognised format. */
export async function readOne(line: string): Promise<{ format: string; record: Partial<LogRecord> }> {
  const { records, summary } = await readAll(`${line}\n`);
  const [record] = records;
  if (record === undefined || records.length !== 1) throw new Error(`expected one record, got ${records.length}`);
  const known = Object.entries(record).filter(([name, value]) => value !== null && !name.startsWith('line'));
  return { format: summary.format, record: Object.fromEntries(known) };
}
