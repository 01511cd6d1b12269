import type { SearchQuery, StatsQuery } from '@pilotlight/contracts';
import { LEVEL_CODES } from './level-codes.ts';
import { toTsquery } from './text-query.ts';

/**
 * SQL condition for the records of indexed files. It is part of the statement that reads the records, so both use one
 * snapshot: a file appears and disappears as a whole.
 */
const IS_VISIBLE = `NOT EXISTS (SELECT FROM files WHERE id = log_lines.file_id AND status <> 'indexed')`;

/** A WHERE clause and its parameters. */
export interface Conditions {
  where: string;
  values: unknown[];
}

/**
 * Returns the conditions that narrow the visible records of `log_lines` to those of `query`. The time range is
 * half-open: [from, to).
 */
export function toConditions(query: Partial<SearchQuery & StatsQuery>): Conditions {
  const parts = [IS_VISIBLE];
  const values: unknown[] = [];
  const narrow = (condition: (parameter: string) => string, value: unknown): void => {
    if (value === undefined || value === null) return;
    values.push(value);
    parts.push(condition(`$${values.length}`));
  };
  narrow((id) => `file_id = ${id}`, query.file_id);
  narrow((from) => `"timestamp" >= ${from}`, query.from);
  narrow((to) => `"timestamp" < ${to}`, query.to);
  narrow((service) => `service = ${service}`, query.service);
  narrow(
    (levels) => `level = ANY(${levels}::smallint[])`,
    query.level?.map((level) => LEVEL_CODES[level]),
  );
  narrow((tsquery) => `search @@ ${tsquery}::tsquery`, toTsquery(query.q ?? ''));
  return { where: parts.join(' AND '), values };
}
