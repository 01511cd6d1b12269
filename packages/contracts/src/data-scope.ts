import type { Extent } from './extent.ts';
import type { SearchQuery } from './search.ts';

/**
 * What part of the records something depends on, or what part changed, by dimension: a half-open range of ms since 1970,
 * or a list of names. Dimensions narrow together; one that is absent means all of it.
 */
export type DataScope = Readonly<Record<string, TimeRange | readonly string[]>>;

interface TimeRange {
  readonly from: number | null;
  readonly to: number | null;
}

/** Names no service, since the service of a query has a character at least: stands for records that have none. */
const NO_SERVICE = '';
/** The log and every process hold an invalidation as text of a kilobyte at most, its times and levels included. */
const MOST_CHARACTERS_OF_NAMES = 600;

/**
 * What the answer to a search, or to stats, depends on: exactly the records that its conditions let through. The text that
 * is searched for narrows nothing, as no event could say which words a file holds.
 */
export function scopeOfQuery({
  from,
  to,
  level,
  service,
  file_id: fileId,
}: Partial<Pick<SearchQuery, 'from' | 'to' | 'level' | 'service' | 'file_id'>>): DataScope {
  const scope: Record<string, TimeRange | readonly string[]> = {};
  // A record without a timestamp is in no range, not even in one that is open at one end.
  if (from !== undefined || to !== undefined) {
    scope['dated'] = ['yes'];
    scope['time'] = { from: instantOf(from), to: instantOf(to) };
  }
  if (level !== undefined) scope['level'] = level;
  if (service !== undefined) {
    scope['service'] = [service];
    scope['service_bucket'] = [bucketOf(service)];
  }
  // An id may be asked for in capitals.
  if (fileId !== undefined) scope['file'] = [fileId.toLowerCase()];
  return scope;
}

/** What changes when the records of a file appear or disappear. */
export function scopeOfExtent(fileId: string, { time, hasUndated, levels, services }: Extent): DataScope {
  const scope: Record<string, TimeRange | readonly string[]> = { file: [fileId.toLowerCase()] };
  if (time === null) scope['dated'] = ['no'];
  else {
    // Only queries without a time range see undated records, and those name no time that this could miss.
    scope['time'] = time;
    if (!hasUndated) scope['dated'] = ['yes'];
  }
  if (levels !== undefined) scope['level'] = levels;
  if (services !== undefined) narrowToServices(scope, services);
  return scope;
}

/** By name if they are few; else by bucket, which hits little more. */
function narrowToServices(scope: Record<string, TimeRange | readonly string[]>, services: readonly string[]): void {
  if (JSON.stringify(services).length > MOST_CHARACTERS_OF_NAMES)
    scope['service_bucket'] = [...new Set(services.map(bucketOf))].sort();
  else scope['service'] = services.length === 0 ? [NO_SERVICE] : services;
}

function instantOf(text: string | undefined): number | null {
  return text === undefined ? null : Date.parse(text);
}

/** Of three characters each, so that a hundred of them fit where a hundred names do not. */
const BUCKETS = 36 ** 3;

/** One of 46,656 names that stands for a service, among others: what is not in its bucket is not it. By FNV-1a, 32 bits. */
function bucketOf(service: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < service.length; at++) hash = Math.imul(hash ^ service.charCodeAt(at), 0x01000193);
  return ((hash >>> 0) % BUCKETS).toString(36).padStart(3, '0');
}
