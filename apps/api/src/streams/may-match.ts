import type { Extent, TailQuery } from '@pilotlight/contracts';

/** Returns false if no record of a file with this extent can match the query. Costs nothing, so it spares the look into the file. */
export function mayMatch(query: TailQuery, fileId: string, extent: Extent | undefined): boolean {
  if (query.file_id !== undefined && query.file_id.toLowerCase() !== fileId) return false;
  if (extent === undefined) return true;
  const { records, time, levels, services } = extent;
  if (records === 0) return false;
  if (query.level !== undefined && levels !== undefined && !query.level.some((level) => levels.includes(level)))
    return false;
  if (query.service !== undefined && services !== undefined && !services.includes(query.service)) return false;
  if (query.from === undefined && query.to === undefined) return true;
  if (time === null) return false;
  const from = query.from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(query.from);
  const to = query.to === undefined ? Number.POSITIVE_INFINITY : Date.parse(query.to);
  return time.from < to && from < time.to;
}
