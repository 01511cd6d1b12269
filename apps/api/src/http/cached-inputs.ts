import type { RequestView } from '@pilotlight/cache-core/express';
import type { CachedOperationId } from '@pilotlight/contracts/http';
import { checkNoQuery } from './parse-input.ts';

/** Returns the part of a request that is the input of each cached route, before its schema validates it. */
export const INPUT_OF: Readonly<Record<CachedOperationId, (view: Pick<RequestView, 'query' | 'body'>) => unknown>> = {
  getStats: ({ query }) => query,
  listFiles: ({ query }) => query,
  searchLogs: ({ query, body }) => {
    checkNoQuery(query);
    return body;
  },
};
