import { Connections, type ConnectionsOptions } from './connections.ts';

export interface PoolsOptions {
  databaseUrl: string;
  /** Connections for reads. Defaults to 8: about one per core of the server, and a few in waiting. */
  poolSize?: number;
  /** Connections for jobs, the outbox and deletes. Defaults to 6. */
  workPoolSize?: number;
  /** Time limit of one statement of a search, stats or list, in ms. Defaults to 30 s. */
  readTimeoutMs?: number;
  /** Receives errors that no caller awaits, such as a lost connection or an event that this version cannot read. */
  onError: (error: unknown) => void;
}

/** The pools of connections of one origin. A kind of work that is slow takes no connection from the others. */
export interface Pools {
  /** For searches, stats and lists. */
  readonly reads: Connections;
  /** For jobs, the outbox and deletes. */
  readonly work: Connections;
  /** For the chunks of uploads. */
  readonly uploading: Connections;
  /** Cancels the statements of reads. */
  readonly cancels: Connections;
}

export const READ_TIMEOUT_MS = 30_000;
/** Connections that store the chunks of uploads. */
export const UPLOAD_CONNECTIONS = 8;

/** Opens the pools. Each connects on its first use. */
export function openPools({ databaseUrl, onError, ...options }: PoolsOptions): Pools {
  const connect = (limits: Omit<ConnectionsOptions, 'databaseUrl' | 'onError'>): Connections =>
    new Connections({ databaseUrl, onError, ...limits });
  const cancels = connect({ name: 'cancels', max: 1, statementTimeoutMs: 2_000, idleInTransactionMs: 2_000 });
  return {
    reads: connect({
      name: 'reads',
      max: options.poolSize ?? 8,
      statementTimeoutMs: options.readTimeoutMs ?? READ_TIMEOUT_MS,
      idleInTransactionMs: 10_000,
      cancels,
    }),
    work: connect({
      name: 'work',
      max: options.workPoolSize ?? 6,
      statementTimeoutMs: 30_000,
      idleInTransactionMs: 30_000,
    }),
    uploading: connect({
      name: 'uploads',
      max: UPLOAD_CONNECTIONS,
      statementTimeoutMs: 10_000,
      idleInTransactionMs: 10_000,
    }),
    cancels,
  };
}
