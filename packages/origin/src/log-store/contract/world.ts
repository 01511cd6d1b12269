import { type SearchAnswer, type StatsQuery, searchBodySchema } from '@pilotlight/contracts';
import type { LogRecord } from '../../log-record.ts';
import type { LogStore } from '../port.ts';

/** A store under test, and the files table that says what is visible in it. Empty at first. */
export interface LogStoreWorld {
  store: LogStore;
  /** A new file whose ingest has begun. */
  beginFile(): Promise<{ fileId: string; attempt: number }>;
  /** Another attempt at the same file, which fences off the one before; answers its number. */
  beginAgain(fileId: string): Promise<number>;
  /** Its row turns `indexed`. */
  publish(fileId: string, attempt: number, records: readonly LogRecord[]): Promise<void>;
  /** Its row turns `deleted`. */
  hide(fileId: string): Promise<void>;
  close(): Promise<void>;
}

/** A record of which only what matters to a test is given. */
export function record(line: number, parts: Partial<LogRecord> = {}): LogRecord {
  return {
    line,
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

/** An instant of one day, by its seconds. */
export function second(seconds: number): string {
  return new Date(Date.UTC(2015, 4, 17) + seconds * 1_000).toISOString();
}

export async function* inBatches<T>(items: readonly T[], size = 3): AsyncGenerator<readonly T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}

/** Writes and publishes a file of its own; answers its id. */
export async function addFile(world: LogStoreWorld, records: readonly LogRecord[]): Promise<string> {
  const { fileId, attempt } = await world.beginFile();
  await world.store.write(fileId, attempt, inBatches(records));
  await world.publish(fileId, attempt, records);
  return fileId;
}

/** A search as the API would ask it. */
export async function search(world: LogStoreWorld, body: Record<string, unknown> = {}): Promise<SearchAnswer> {
  return await world.store.search(searchBodySchema.parse(body));
}

/** The messages that a search finds, in its order. */
export async function messages(world: LogStoreWorld, body: Record<string, unknown> = {}): Promise<string[]> {
  return (await search(world, { page_size: 1_000, ...body })).results.map((hit) => hit.message);
}

export const EVERYTHING: StatsQuery = {};
