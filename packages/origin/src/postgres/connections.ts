import pTimeout from 'p-timeout';
import pg, { type PoolClient, type QueryConfig, type QueryResultRow } from 'pg';
import type { PoolState } from '../origin.ts';
import { asOriginError, breaksConnection } from './unavailable.ts';
import { type Cancel, OWN_PID, type Statements, untilAborted } from './until-aborted.ts';

export interface ConnectionsOptions {
  databaseUrl: string;
  /** Shown in `pg_stat_activity`. */
  name: string;
  max: number;
  /** Time limit of a statement on the server, in ms. The client gives up 1 s later, in case the server is frozen. */
  statementTimeoutMs: number;
  /** The server ends a transaction that is idle for this time. */
  idleInTransactionMs: number;
  /**
   * Connections from which statements of this pool are cancelled. Without them a statement ends only by its own time
   * limit.
   */
  cancels?: Connections;
  onError: (error: unknown) => void;
}

/** Maximum wait for a connection, free or new. */
export const CONNECT_TIMEOUT_MS = 2_000;

const CLOSE_TIMEOUT_MS = 2_000;

/**
 * Time limit of statements that cost the server nothing. When it passes, the other end of the connection is gone
 * without notice.
 */
const NO_WORK_MS = 2_000;
/** The same for statements that touch one row; it is longer than any transaction locks a row. */
const SMALL_WORK_MS = 6_000;

const SNAPSHOT = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';

/**
 * Builds a statement that costs the server nothing and has a short time limit. Use it first on a connection that may be
 * dead.
 */
export function withShortTimeout(text: string): QueryConfig {
  return within(NO_WORK_MS, text);
}

/** `pg` supports the limit; its published types do not have it. */
function within(ms: number, text: string, values: readonly unknown[] = []): QueryConfig {
  return Object.assign({ text, values: [...values] }, { query_timeout: ms });
}

/**
 * A pool of connections with one purpose and its own limits. It throws `OriginUnavailable` for an unavailable database;
 * any other error is a bug.
 */
export class Connections {
  readonly #pool: pg.Pool;
  readonly #name: string;
  readonly #max: number;
  readonly #longestMs: number;
  /**
   * Connections that the server still has. The pool forgets a connection when it begins to close it, which is before
   * the server ends it.
   */
  readonly #open = new Set<PoolClient>();
  readonly #cancel: Cancel;
  #closing: Promise<unknown> | null = null;

  constructor(options: ConnectionsOptions) {
    this.#longestMs = options.statementTimeoutMs + 1_000;
    const { cancels, onError } = options;
    this.#name = options.name;
    this.#max = options.max;
    this.#cancel = async (pid) => {
      await cancels?.queryOne('SELECT pg_cancel_backend($1)', [pid]).catch(onError);
    };
    this.#pool = new pg.Pool({
      connectionString: options.databaseUrl,
      application_name: `pilotlight ${options.name}`,
      max: options.max,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      idleTimeoutMillis: 30_000,
      keepAlive: true,
      statement_timeout: options.statementTimeoutMs,
      query_timeout: this.#longestMs,
      idle_in_transaction_session_timeout: options.idleInTransactionMs,
      options: '-c client_min_messages=warning -c jit=off -c timezone=UTC',
      types: { getTypeParser },
    });
    // The pool replaces an idle connection that breaks (server restart). Without this listener the event would end the
    // process.
    this.#pool.on('error', options.onError);
    this.#pool.on('connect', (client) => {
      this.#open.add(client);
      // Between the end of the login and its use, a connection has no other listener. The first statement on it rejects.
      client.on('error', () => undefined);
    });
    this.#pool.on('remove', (client) => this.#open.delete(client));
  }

  /** The connections of the pool now. */
  get state(): PoolState {
    const { totalCount: open, idleCount: idle, waitingCount: waiting } = this.#pool;
    return { name: this.#name, max: this.#max, open, idle, waiting };
  }

  async query<Row extends QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return await this.using(async (client) => (await client.query<Row>(text, [...values])).rows);
  }

  /** Runs a statement that touches few rows, with a short time limit. */
  async queryOne<Row extends QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    const statement = within(Math.min(SMALL_WORK_MS, this.#longestMs), text, values);
    return await this.using(async (client) => (await client.query<Row>(statement)).rows);
  }

  /** Runs `work` between the statements `begin` and `commit`. Rolls back if one of them throws. */
  async transaction<T>(
    work: (client: PoolClient) => Promise<T>,
    { begin = 'BEGIN', commit = 'COMMIT' }: { begin?: string; commit?: string } = {},
  ): Promise<T> {
    return await this.using(async (client) => {
      await client.query(withShortTimeout(begin));
      try {
        const result = await work(client);
        await client.query(commit);
        return result;
      } catch (error) {
        // Closing a broken connection rolls back too; sending ROLLBACK to a frozen server would wait once more.
        if (!breaksConnection(error)) await client.query('ROLLBACK');
        throw error;
      }
    });
  }

  /**
   * Runs several reads of one state of the database. Once `signal` is aborted, no further statement begins, the server
   * cancels the running one, and the call rejects with the signal's reason.
   */
  async snapshot<T>(work: (statements: Statements) => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (signal === undefined) return await this.transaction(work, { begin: SNAPSHOT });
    signal.throwIfAborted();
    return await this.using(
      (client) =>
        untilAborted(client, {
          begin: withShortTimeout(`${SNAPSHOT}; ${OWN_PID}`),
          signal,
          cancel: this.#cancel,
          work,
        }),
      signal,
    );
  }

  /**
   * Runs `work` with a connection of the pool. The connection is closed instead of returned if it broke or if `signal`
   * was aborted: a cancel that reaches the server late must not hit the next statement of another caller.
   */
  async using<T>(work: (client: PoolClient) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const client = await this.acquire();
    let broken = false;
    // The running statement rejects too; without this listener the event would end the process.
    const noteBroken = (): void => {
      broken = true;
    };
    client.on('error', noteBroken);
    try {
      return await work(client);
    } catch (error) {
      broken ||= breaksConnection(error);
      // A server that did not answer the cancel, or ended the connection, is unavailable.
      throw signal?.aborted && !broken ? signal.reason : asOriginError(error);
    } finally {
      client.off('error', noteBroken);
      client.release(broken || signal?.aborted === true);
    }
  }

  /** Returns a connection. The caller must release it, with `true` if it broke. */
  async acquire(): Promise<PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (error) {
      throw asOriginError(error);
    }
  }

  /**
   * Lets running statements finish and resolves once the server has ended every connection. Does not wait for a server
   * that does not answer. Can be called again.
   */
  async close(): Promise<void> {
    this.#closing ??= pTimeout(this.#endAll(), { milliseconds: CLOSE_TIMEOUT_MS, message: false });
    await this.#closing;
  }

  async #endAll(): Promise<void> {
    await this.#pool.end();
    while (this.#open.size > 0) await new Promise<void>((resolve) => this.#pool.once('remove', () => resolve()));
  }
}

const INT8 = 20;

/** Parses counts as numbers: they fit a double, and `pg` would return them as text. */
function getTypeParser(oid: number, format?: 'text' | 'binary') {
  return oid === INT8 ? Number : pg.types.getTypeParser(oid, format);
}
