import { setTimeout as sleep } from 'node:timers/promises';
import type { PoolClient, QueryConfig, QueryResult, QueryResultRow } from 'pg';
import { breaksConnection } from './unavailable.ts';

/** What reads need of a connection. */
export interface Statements {
  query<Row extends QueryResultRow>(text: string, values?: unknown[]): Promise<QueryResult<Row>>;
}

/** Cancels the statement under way of the server process `pid`, from another connection. */
export type Cancel = (pid: number) => Promise<void>;

/** Ends the statements that open a transaction which may be cancelled. */
export const OWN_PID = 'SELECT pg_backend_pid() AS pid';

/** A cancel that reaches the server before the statement does hits nothing, so it is sent again until the work has ended. */
const CANCEL_EVERY_MS = 100;
const MAX_CANCELS = 20;

interface Work<T> {
  /** Opens a transaction and ends with `OWN_PID`: behind a pooler only the server itself knows which process it is. */
  readonly begin: QueryConfig;
  readonly signal: AbortSignal;
  readonly cancel: Cancel;
  work(statements: Statements): Promise<T>;
}

/**
 * Runs `work` in a transaction, and cancels its statement under way once the signal is aborted. Returns or rejects after the
 * last cancel was answered. The caller must close the connection if the signal was aborted.
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
    // Aborted: the work has ended, and with it this loop.
    await sleep(CANCEL_EVERY_MS, undefined, { signal: ended }).catch(() => undefined);
  }
}

/** `pg` answers several statements with a list of results; its types know one. */
function pidIn(answer: QueryResult | readonly QueryResult[]): number {
  const results = [answer].flat();
  const pid: unknown = results.at(-1)?.rows[0]?.pid;
  if (typeof pid !== 'number') throw new Error(`expected the number of the server process, got ${String(pid)}`);
  return pid;
}
