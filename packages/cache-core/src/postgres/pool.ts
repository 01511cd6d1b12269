/** The part of a `Pool` of `pg` (node-postgres) that a watch uses. */
export interface PostgresPool {
  /** Resolves with a free connection. */
  connect(): Promise<PostgresClient>;
  /** `max` is the number of its connections. */
  readonly options?: { readonly max?: number };
}

/** The part of a `PoolClient` of `pg` that a watch uses. */
export interface PostgresClient {
  /** Runs a statement. */
  query(text: string, values?: unknown[]): Promise<{ readonly rows: readonly object[] }>;
  /** Calls `listener` for each notification, and when the connection is lost. */
  on(event: 'notification' | 'error' | 'end', listener: (argument?: unknown) => void): unknown;
  /** Removes a listener that `on` added. */
  removeListener(event: 'notification' | 'error' | 'end', listener: (argument?: unknown) => void): unknown;
  /** Gives the connection back; with `true` closes it. */
  release(destroy?: boolean): void;
}

/** Runs statements of one transaction. */
export type Statements = Pick<PostgresClient, 'query'>;

/** Runs a query whose columns are selected as the type says. */
export async function rowsOf<Row extends object>(
  client: Statements,
  text: string,
  values: unknown[] = [],
): Promise<readonly Row[]> {
  return (await client.query(text, values)).rows as readonly Row[];
}
