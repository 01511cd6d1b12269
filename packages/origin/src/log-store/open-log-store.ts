import type { Connections } from '../postgres/connections.ts';
import type { ElasticsearchOptions } from './elasticsearch/client.ts';
import { ElasticsearchLogStore } from './elasticsearch/elasticsearch-log-store.ts';
import type { LogStore } from './port.ts';
import { PostgresLogStore } from './postgres/postgres-log-store.ts';
import type { SearchBudget } from './search-budget.ts';

interface LogStoreOptions {
  reads: Connections;
  work: Connections;
  /** Null keeps the records in the database. */
  elasticsearch: ElasticsearchOptions | null;
  /** Time limit of one search in Elasticsearch, in ms. `reads` has its own. */
  readTimeoutMs: number;
  /** The budget of each search. Defaults to no limit. */
  searchBudget?: SearchBudget;
  onError: (error: unknown) => void;
}

/** Returns the log store that the options choose. */
export function openLogStore({ elasticsearch, reads, work, ...options }: LogStoreOptions): LogStore {
  if (elasticsearch === null) return new PostgresLogStore(reads, work, options.searchBudget);
  return new ElasticsearchLogStore({ elasticsearch, reads, work, ...options });
}
