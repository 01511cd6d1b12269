import type { Extent } from './extent.ts';
import type { SearchQuery } from './search.ts';

/**
 * The part of the records that an answer depends on, or that a change affects. Each dimension is a half-open range of ms since 1970,
 * or a list of names. A record has to match all dimensions; a missing dimension matches every record.
 */
export type DataScope = Readonly<Record<string, TimeRange | readonly string[]>>;

interface TimeRange {
  readonly from: number | null;
  readonly to: number | null;
}

/** Represents records without a service. No query can name it, because a service has at least one character. */
const NO_SERVICE = '';
/** An invalidation is stored as text of at most 1 KB, including its times and levels. */
const MAX_NAMES_LENGTH = 600;

/**
 * Returns the scope of a search or of stats: exactly the records that match its conditions. The searched text does not narrow the
 * scope, because events do not contain the words of a file. Lines of context do not widen it: they appear and disappear with the file
 * of a hit, and so with the hit.
 */
export function scopeOfQuery({
  from,
  to,
  level,
  service,
  file_id: fileId,
}: Partial<Pick<SearchQuery, 'from' | 'to' | 'level' | 'service' | 'file_id'>>): DataScope {
  const scope: Record<string, TimeRange | readonly string[]> = {};
  // No range contains a record without a timestamp, not even a range with one open end.
  if (from !== undefined || to !== undefined) {
    scope['dated'] = ['yes'];
    scope['time'] = { from: instantOf(from), to: instantOf(to) };
  }
  if (level !== undefined) scope['level'] = level;
  if (service !== undefined) {
    scope['service'] = [service];
    scope['service_bucket'] = [bucketOf(service)];
  }
  // Clients may send an id in capitals.
  if (fileId !== undefined) scope['file'] = [fileId.toLowerCase()];
  return scope;
}

/** Returns the scope of a change that makes the records of a file appear or disappear. */
export function scopeOfExtent(fileId: string, { time, hasUndated, levels, services }: Extent): DataScope {
  const scope: Record<string, TimeRange | readonly string[]> = { file: [fileId.toLowerCase()] };
  if (time === null) scope['dated'] = ['no'];
  else {
    // Only queries without a time range match undated records, and the time of this scope does not restrict those.
    scope['time'] = time;
    if (!hasUndated) scope['dated'] = ['yes'];
  }
  if (levels !== undefined) scope['level'] = levels;
  if (services !== undefined) narrowToServices(scope, services);
  return scope;
}

/** Narrows the scope by name if the names are short enough, or else by bucket, which hits few more answers. */
function narrowToServices(scope: Record<string, TimeRange | readonly string[]>, services: readonly string[]): void {
  if (JSON.stringify(services).length > MAX_NAMES_LENGTH)
    scope['service_bucket'] = [...new Set(services.map(bucketOf))].sort();
  else scope['service'] = services.length === 0 ? [NO_SERVICE] : services;
}

function instantOf(text: string | undefined): number | null {
  return text === undefined ? null : Date.parse(text);
}

/** Buckets have three characters each, so that 100 of them fit where 100 names do not. */
const BUCKETS = 36 ** 3;

/** Returns the bucket of a service, one of 46,656, by FNV-1a with 32 bits. Services in different buckets are different. */
function bucketOf(service: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < service.length; at++) hash = Math.imul(hash ^ service.charCodeAt(at), 0x01000193);
  return ((hash >>> 0) % BUCKETS).toString(36).padStart(3, '0');
}
