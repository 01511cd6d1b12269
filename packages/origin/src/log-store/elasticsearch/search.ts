import type { estypes } from '@elastic/elasticsearch';
import type { SearchAnswer, SearchQuery } from '@pilotlight/contracts';
import { toConditions } from './conditions.ts';
import { type StoredRecord, toHit } from './document.ts';
import type { VisibleSnapshot } from './visible-snapshot.ts';

/** Answers a search within one snapshot. */
export async function search(snapshot: VisibleSnapshot, query: SearchQuery): Promise<Omit<SearchAnswer, 'took_ms'>> {
  const { page, page_size } = query;
  const { hits } = await snapshot.search<StoredRecord>({
    filter: toConditions(query),
    sort: orderOf(query.sort),
    from: (page - 1) * page_size,
    size: page_size,
    track_total_hits: true,
  });
  const total = typeof hits.total === 'number' ? hits.total : (hits.total?.value ?? 0);
  const results = hits.hits.map(({ _source, _id }) => {
    if (_source === undefined) throw new Error(`expected the source of document ${_id}, got none`);
    return toHit(_source);
  });
  return { total, page, page_size, results };
}

function orderOf(sort: SearchQuery['sort']): estypes.SortCombinations[] {
  const order = sort === 'newest' ? 'desc' : 'asc';
  return [{ timestamp: { order, missing: '_last' } }, { file_id: order }, { line: order }];
}
