import type { estypes } from '@elastic/elasticsearch';
import type { SearchQuery, StatsQuery } from '@pilotlight/contracts';
import { toTextQuery } from './text-query.ts';

/** Returns the clauses that narrow the records to those of `query`. The time range is half-open: [from, to). */
export function toConditions(query: Partial<SearchQuery & StatsQuery>): estypes.QueryDslQueryContainer[] {
  const { file_id, from, to, service, level, q = '' } = query;
  const filter: estypes.QueryDslQueryContainer[] = [];
  if (file_id !== undefined) filter.push({ term: { file_id: file_id.toLowerCase() } });
  if (from !== undefined || to !== undefined) {
    filter.push({
      range: { timestamp: { ...(from !== undefined && { gte: from }), ...(to !== undefined && { lt: to }) } },
    });
  }
  if (service !== undefined) filter.push({ term: { service: service.toWellFormed() } });
  if (level !== undefined) filter.push({ terms: { level } });
  const text = toTextQuery(q);
  if (text !== null) filter.push(text);
  return filter;
}
