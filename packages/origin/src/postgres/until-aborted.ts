import { setTimeout as sleep } from 'node:timers/promises';
import type { PoolClient, QueryConfig, QueryResult, QueryResultRow } from 'pg';
import { breaksConnection } from './unavailable.ts';

/** The part of a connection that reads need. */
export interface Statements {
  query<Row extends QueryResultRow>(text: string, values?: unknown[]): Promise<QueryResult<Row>>;
}

/** Cancels the running statement of the server process `pid` from another connection. */
export type Cancel = (pid: number) => Promise<void>;

/** Must be the last statement of the message that opens a cancellable transaction. */
export const OWN_PID = 'SELECT pg_backend_pid() AS pid';

/**
 * A cancel that reaches the server before its statement has no effect, so it is sent again until the work has ended.
 */
const CANCEL_EVERY_MS = 100;
const MAX_CANCELS = 20;

interface Work<T> {
  /** Opens a transaction and ends with `OWN_PID`: behind a pooler only the server itself knows its process id. */
  readonly begin: QueryConfig;
  readonly signal: AbortSignal;
  readonly cancel: Cancel;
  work(statements: Statements): Promise<T>;
}

/**
 * Runs `work` in a transaction and cancels its running statement once the signal is aborted. Settles after the last
 * cancel was answered. The caller must close the connection if the signal was aborted.
 */
export async function untilAborted<T>(client: PoolClient, { begin, signal, cancel, work }: Work<T>): Promise<T> {
  const pid = pidIn(await client.query(begin));
  const ended = new AbortController();
  let cancelling = Promise.resolve();
  const cancelNow = (): void => {
    cancelling = cancelUntil(ended.signal, () => cancel(pid));
  };
  signal.addEventListener('abort', cancelNow, { once: true });
  try {
    const query: Statements['query'] = async (text, values) => {
      signal.throwIfAborted();
      return await client.query(text, values);
    };
    const result = await work({ query });
    await query('COMMIT');
    return result;
  } catch (error) {
    // Closing the connection rolls back too.
    if (!signal.aborted && !breaksConnection(error)) await client.query('ROLLBACK');
    throw error;
  } finally {
    signal.removeEventListener('abort', cancelNow);
    ended.abort();
    await cancelling;
  }
}

async function cancelUntil(ended: AbortSignal, cancel: () => Promise<void>): Promise<void> {
  for (let tries = 0; tries < MAX_CANCELS && !ended.aborted; tries++) {
    await cancel();
    // The sleep rejects when the work has ended, which also ends this loop.
    await sleep(CANCEL_EVERY_MS, undefined, { signal: ended }).catch(() => undefined);
  }
}

/**
 * Returns the server's process id. `pg` answers several statements with a list of results, which its types do not
 * cover.
 */
function pidIn(answer: QueryResult | readonly QueryResult[]): number {
  const results = [answer].flat();
  const pid: unknown = results.at(-1)?.rows[0]?.pid;
  if (typeof pid !== 'number') throw new Error(`expected the number of the server process, got ${String(pid)}`);
  return pid;
}
