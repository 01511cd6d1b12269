import type { SearchQuery, StatsQuery } from '@pilotlight/contracts';
import { LEVEL_CODES } from './level-codes.ts';
import { Parameters } from './parameters.ts';
import { textCondition } from './text-query.ts';

/**
 * SQL condition for the records of indexed files. It is part of the statement that reads the records, so both use one
 * snapshot: a file appears and disappears as a whole.
 */
const IS_VISIBLE = `NOT EXISTS (SELECT FROM files WHERE id = log_lines.file_id AND status <> 'indexed')`;

/** A search knows the visible files whose words have an earlier version. */
export interface EarlierFiles {
  readonly earlierFiles: readonly string[];
}

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
  const parameters = new Parameters();
  return { where: conditionsOf(query, parameters), values: parameters.values };
}

/** The same for a statement that has other parameters too. */
export function conditionsOf(query: Partial<SearchQuery & StatsQuery & EarlierFiles>, parameters: Parameters): string {
  const parts = [IS_VISIBLE];
  const narrow = (condition: (parameter: string) => string, value: unknown): void => {
    if (value !== undefined && value !== null) parts.push(condition(parameters.add(value)));
  };
  narrow((id) => `file_id = ${id}`, query.file_id);
  narrow((from) => `"timestamp" >= ${from}`, query.from);
  narrow((to) => `"timestamp" < ${to}`, query.to);
  narrow((service) => `service = ${service}`, query.service);
  // Numbers in the text, so that the planner can use an index of some levels.
  if (query.level !== undefined) parts.push(`level IN (${query.level.map((level) => LEVEL_CODES[level]).join(', ')})`);
  const text = textCondition(query.q ?? '', parameters, query.earlierFiles ?? []);
  if (text !== null) parts.push(text);
  return parts.join(' AND ');
}
