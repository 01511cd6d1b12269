import { type SearchAnswer, type StatsQuery, searchBodySchema } from '@pilotlight/contracts';
import type { LogRecord } from '../../log-record.ts';
import type { LogStore } from '../port.ts';

/** A store under test and the files table that decides which files are visible in it. Empty at first. */
export interface LogStoreWorld {
  store: LogStore;
  /** Creates a file and begins its ingest. */
  beginFile(): Promise<{ fileId: string; attempt: number }>;
  /** Begins another attempt at the same file, which fences off the previous one. Returns its number. */
  beginAgain(fileId: string): Promise<number>;
  /** Sets the file's row to `indexed`. */
  publish(fileId: string, attempt: number, records: readonly LogRecord[]): Promise<void>;
  /** Gives an indexed file the number of a copy, which fences off every other writer. Returns null if it is not indexed. */
  beginCopy(fileId: string): Promise<number | null>;
  /** Sets the file's row to `deleted`. */
  hide(fileId: string): Promise<void>;
  close(): Promise<void>;
}

/** Builds a record; a test passes only the columns that matter to it. */
export function record(line: number, parts: Partial<LogRecord> = {}): LogRecord {
  return {
    line,
    lineEnd: line,
    timestamp: null,
    level: 'INFO',
    service: null,
    message: `line ${line}`,
    source: null,
    method: null,
    path: null,
    status: null,
    responseTimeMs: null,
    fields: {},
    ...parts,
  };
}

/** Returns an instant of one fixed day, given its seconds. */
export function second(seconds: number): string {
  return new Date(Date.UTC(2015, 4, 17) + seconds * 1_000).toISOString();
}

export async function* inBatches<T>(items: readonly T[], size = 3): AsyncGenerator<readonly T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}

/** Writes and publishes a new file. Returns its id. */
export async function addFile(world: LogStoreWorld, records: readonly LogRecord[], batch = 3): Promise<string> {
  const { fileId, attempt } = await world.beginFile();
  await world.store.write(fileId, attempt, inBatches(records, batch));
  await world.publish(fileId, attempt, records);
  return fileId;
}

/** Returns all records that the store has of a file, in its order. */
export async function readAll(store: LogStore, fileId: string): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  for await (const batch of store.read(fileId)) records.push(...batch);
  return records;
}

/** Runs a search as the API would. */
export async function search(world: LogStoreWorld, body: Record<string, unknown> = {}): Promise<SearchAnswer> {
  return await world.store.search(searchBodySchema.parse(body));
}

/** Returns the messages that a search finds, in its order. */
export async function messages(world: LogStoreWorld, body: Record<string, unknown> = {}): Promise<string[]> {
  return (await search(world, { page_size: 1_000, ...body })).results.map((hit) => hit.message);
}

export const EVERYTHING: StatsQuery = {};
