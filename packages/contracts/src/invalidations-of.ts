import { type DataScope, scopeOfExtent } from './data-scope.ts';
import type { DomainEvent } from './events.ts';

/**
 * The answers under a cache prefix that an event invalidates; with a scope, only those that depend on that part of the records.
 */
export interface EventInvalidation {
  readonly prefix: 'files' | 'stats' | 'search';
  readonly scope?: DataScope;
}

/**
 * Returns the parts of the cache that an event invalidates. The result depends on the event alone, so every process that applies it,
 * any number of times, invalidates the same.
 *
 * The list of files shows every change of a file. Stats and searches count only records of indexed files, so they change
 * when one is indexed or deleted, or when SQL changes its row, and only where the file has records.
 */
export function invalidationsOf(event: DomainEvent): readonly [EventInvalidation, ...EventInvalidation[]] {
  const files = { prefix: 'files' } as const;
  if (event.type === 'file.uploaded' || event.type === 'file.failed') return [files];
  const { extent, fileId } = event;
  if (extent === undefined) return [files, { prefix: 'stats' }, { prefix: 'search' }];
  if (extent.records === 0) return [files];
  const scope = scopeOfExtent(fileId, extent);
  return [files, { prefix: 'stats', scope }, { prefix: 'search', scope }];
}
