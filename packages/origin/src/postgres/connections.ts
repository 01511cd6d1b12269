import pg, { type PoolClient, type QueryConfig, type QueryResultRow } from 'pg';
import { asOriginError, breaksConnection } from './unavailable.ts';
import { type Cancel, OWN_PID, type Statements, untilAborted } from './until-aborted.ts';

export interface ConnectionsOptions {
  databaseUrl: string;
  /** Shown in `pg_stat_activity`. */
  name: string;
  max: number;
  /** The longest a statement may run on the server. The client gives up 1 s later, for a server that is frozen. */
  statementTimeoutMs: number;
  /** The server ends a transaction in which nothing was asked for so long. */
  idleInTransactionMs: number;
  /** Connections that statements of this pool are cancelled from. Without them no statement is cancelled before its own time is over. */
  cancels?: Connections;
  onError: (error: unknown) => void;
}

/** The longest wait for a connection, a free one or a new one. */
export const CONNECT_TIMEOUT_MS = 2_000;

const CLOSE_TIMEOUT_MS = 2_000;

/** What takes a server no time is answered by then, or the other end of the connection is gone without a word. */
const NO_WORK_MS = 2_000;
/** The same of what touches one row: longer than anybody holds it. */
const SMALL_WORK_MS = 6_000;

const SNAPSHOT = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';

/** A statement without work, as one that is given up soon: the first on a connection that may be dead. */
export function soon(text: string): QueryConfig {
  return within(NO_WORK_MS, text);
}

/** `pg` knows the limit; its published types do not. */
function within(ms: number, text: string, values: readonly unknown[] = []): QueryConfig {
  return Object.assign({ text, values: [...values] }, { query_timeout: ms });
}

/** A pool of connections with one purpose and its own limits. What it throws is `OriginUnavailable` or a bug. */
export class Connections {
  readonly #pool: pg.Pool;
  readonly #longestMs: number;
  /** Connections to the server. The pool forgets one when it begins to end it, which is before the server has. */
  readonly #open = new Set<PoolClient>();
  readonly #cancel: Cancel;
  #closing: Promise<void> | null = null;

  constructor(options: ConnectionsOptions) {
    this.#longestMs = options.statementTimeoutMs + 1_000;
    const { cancels, onError } = options;
    this.#cancel = async (pid) => {
      await cancels?.small('SELECT pg_cancel_backend($1)', [pid]).catch(onError);
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
    // An idle connection that breaks (server restart) is replaced by the pool; unheard, it would end the process.
    this.#pool.on('error', options.onError);
    this.#pool.on('connect', (client) => this.#open.add(client));
    this.#pool.on('remove', (client) => this.#open.delete(client));
  }

  async query<Row extends QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return await this.using(async (client) => (await client.query<Row>(text, [...values])).rows);
  }

  /** A statement that touches one row or few, and is given up soon. */
  async small<Row extends QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    const statement = within(Math.min(SMALL_WORK_MS, this.#longestMs), text, values);
    return await this.using(async (client) => (await client.query<Row>(statement)).rows);
  }

  /** Runs `work` between `begin` and COMMIT; whatever it throws rolls back. */
  async transaction<T>(work: (client: PoolClient) => Promise<T>, begin = 'BEGIN'): Promise<T> {
    return await this.using(async (client) => {
      await client.query(soon(begin));
      try {
        const result = await work(client);
        await client.query('COMMIT');
        return result;
      } catch (error) {
        // Closing a broken connection rolls back too; asking a frozen server to do so would wait once more.
        if (!breaksConnection(error)) await client.query('ROLLBACK');
        throw error;
      }
    });
  }

  /**
   * Several reads of one state of the database. Once `signal` is aborted no further statement begins, the one under way is
   * cancelled in the server, and the call rejects with the signal's reason.
   */
  async snapshot<T>(work: (statements: Statements) => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (signal === undefined) return await this.transaction(work, SNAPSHOT);
    signal.throwIfAborted();
    return await this.using(
      (client) => untilAborted(client, { begin: soon(`${SNAPSHOT}; ${OWN_PID}`), signal, cancel: this.#cancel, work }),
      signal,
    );
  }

  /**
   * Lends a connection to `work`. It is closed instead of going back if it broke, and if `signal` was aborted: a cancel that
   * reaches the server late must not hit the next statement of another caller.
   */
  async using<T>(work: (client: PoolClient) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const client = await this.acquire();
    let broken = false;
    // The statement under way rejects too; unheard, the event would end the process.
    const noteBroken = (): void => {
      broken = true;
    };
    client.on('error', noteBroken);
    try {
      return await work(client);
    } catch (error) {
      broken ||= breaksConnection(error);
      throw signal?.aborted ? signal.reason : asOriginError(error);
    } finally {
      client.off('error', noteBroken);
      client.release(broken || signal?.aborted === true);
    }
  }

  /** The caller releases it, with `true` when it broke. */
  async acquire(): Promise<PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (error) {
      throw asOriginError(error);
    }
  }

  /**
   * Lets statements under way finish, and resolves once the server has ended every connection. A server that does not answer is
   * not waited for. Can be called again.
   */
  async close(): Promise<void> {
    this.#closing ??= this.#end();
    await this.#closing;
  }

  async #end(): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, CLOSE_TIMEOUT_MS);
    await Promise.race([this.#endAll(), late]);
    clearTimeout(timer);
  }

  async #endAll(): Promise<void> {
    await this.#pool.end();
    while (this.#open.size > 0) await new Promise<void>((resolve) => this.#pool.once('remove', () => resolve()));
  }
}

const INT8 = 20;

/** Counts fit a double; `pg` would give them as text. */
function getTypeParser(oid: number, format?: 'text' | 'binary') {
  return oid === INT8 ? Number : pg.types.getTypeParser(oid, format);
}
