import { onTestFinished } from 'vitest';
import type { LogRecord } from '../../log-record.ts';
import { PostgresLogStore } from '../../log-store/postgres/postgres-log-store.ts';
import { ROLL_UP_TABLES } from '../../log-store/postgres/roll-up/store-roll-up.ts';
import { Connections } from '../../postgres/connections.ts';
import { openOrigin, type TestOrigin } from '../../testing/open-origin.ts';

/** The tables of the log store that have the lines of a file and their roll-ups. */
export const LINE_TABLES = ['log_lines', ...ROLL_UP_TABLES] as const;
const TABLES = [...LINE_TABLES, 'file_words'] as const;

/** A log store that calls `onRead` before the first batch of each file, and `onRestore` before each copy. */
export class WatchedStore extends PostgresLogStore {
  onRead: (fileId: string) => Promise<void> = () => Promise.resolve();
  onRestore: (fileId: string) => void = () => undefined;

  override async *read(fileId: string, signal?: AbortSignal): AsyncGenerator<readonly LogRecord[]> {
    await this.onRead(fileId);
    yield* super.read(fileId, signal);
  }

  override async restore(fileId: string, attempt: number, batches: AsyncIterable<readonly LogRecord[]>): Promise<void> {
    this.onRestore(fileId);
    await super.restore(fileId, attempt, batches);
  }
}

export interface TwoStores extends TestOrigin {
  work: Connections;
  source: WatchedStore;
  target: WatchedStore;
}

/**
 * Opens an origin whose log store is `source`, and another log store in the schema `other` of the same database. The end of the test
 * closes both.
 */
export async function twoStores(): Promise<TwoStores> {
  const origin = await openOrigin();
  await origin.query('CREATE SCHEMA other');
  for (const table of TABLES) await origin.query(`CREATE TABLE other.${table} (LIKE public.${table} INCLUDING ALL)`);
  const connect = (schemas: string): Connections => {
    const url = new URL(origin.databaseUrl);
    url.searchParams.set('options', `-c search_path=${schemas} -c timezone=UTC`);
    return new Connections({
      databaseUrl: url.href,
      name: 'two stores',
      max: 4,
      statementTimeoutMs: 30_000,
      idleInTransactionMs: 30_000,
      onError: (error) => origin.errors.push(error),
    });
  };
  const work = connect('public');
  const atTarget = connect('other,public');
  onTestFinished(async () => {
    await work.close();
    await atTarget.close();
  });
  return { ...origin, work, source: new WatchedStore(work, work), target: new WatchedStore(atTarget, atTarget) };
}
