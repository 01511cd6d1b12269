import type { estypes } from '@elastic/elasticsearch';
import { MAX_EXACT_TOTAL, type SearchAnswer, type SearchHit, type SearchQuery } from '@pilotlight/contracts';
import { highlighterOf } from '../highlight.ts';
import { linesNear, type NearLines, withContext } from '../search-context.ts';
import { decodeSearchCursor, encodeSearchCursor } from '../search-cursor.ts';
import { toConditions } from './conditions.ts';
import { type StoredRecord, toHit } from './document.ts';
import type { VisibleSnapshot } from './visible-snapshot.ts';

/** Sorts records without a timestamp behind all others: the largest instant of ECMAScript, in ms. */
const UNDATED_MS = 8.64e15;

/**
 * Answers a search within one snapshot.
 *
 * @throws BadCursor
 */
export async function search(snapshot: VisibleSnapshot, query: SearchQuery): Promise<Omit<SearchAnswer, 'took_ms'>> {
  const { page, page_size } = query;
  const { hits } = await snapshot.search<StoredRecord>({
    filter: toConditions(query),
    sort: orderOf(query.sort),
    ...(query.after === undefined
      ? { from: (page - 1) * page_size }
      : { search_after: placeOf(query.after, query.sort) }),
    // One more record says whether another page follows.
    size: page_size + 1,
    track_total_hits: MAX_EXACT_TOTAL + 1,
  });
  const count = typeof hits.total === 'number' ? hits.total : (hits.total?.value ?? 0);
  const shown = hits.hits.slice(0, page_size).map(sourceOf);
  const last = hits.hits.length > page_size ? shown.at(-1) : undefined;
  return {
    total: Math.min(count, MAX_EXACT_TOTAL),
    total_relation: count > MAX_EXACT_TOTAL ? 'gte' : 'eq',
    page,
    page_size,
    next: last === undefined ? null : cursorOf(last),
    results: await hitsOf(snapshot, query, shown),
  };
}

function sourceOf({ _source, _id }: estypes.SearchHit<StoredRecord>): StoredRecord {
  if (_source === undefined) throw new Error(`expected the source of document ${_id}, got none`);
  return _source;
}

async function hitsOf(
  snapshot: VisibleSnapshot,
  { q, context }: SearchQuery,
  shown: readonly StoredRecord[],
): Promise<SearchHit[]> {
  const highlight = highlighterOf(q);
  const hits = shown.map((each) => toHit(each, highlight));
  if (context === 0 || hits.length === 0) return hits;
  return withContext(hits, await readNear(snapshot, linesNear(hits, context)), context);
}

async function readNear(snapshot: VisibleSnapshot, ranges: readonly NearLines[]): Promise<SearchHit[]> {
  const should = ranges.map(({ fileId, from: gte, to: lte }) => ({
    bool: {
      filter: [{ term: { file_id: fileId } }],
      should: [{ range: { line: { gte, lte } } }, { range: { line_end: { gte, lte } } }],
      minimum_should_match: 1,
    },
  }));
  const { hits } = await snapshot.search<StoredRecord>({
    filter: [{ bool: { should, minimum_should_match: 1 } }],
    size: ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0),
  });
  return hits.hits.map((hit) => toHit(sourceOf(hit)));
}

function orderOf(sort: SearchQuery['sort']): estypes.SortCombinations[] {
  if (sort === 'line') return [{ line: 'asc' }];
  const order = sort === 'newest' ? 'desc' : 'asc';
  const timestamp = { order, missing: undatedIn(sort), format: 'epoch_millis' } as const;
  return [{ timestamp }, { file_id: order }, { line: order }];
}

function undatedIn(sort: SearchQuery['sort']): number {
  return sort === 'newest' ? -UNDATED_MS : UNDATED_MS;
}

function placeOf(after: string, sort: SearchQuery['sort']): (number | string)[] {
  const { atMs, fileId, line } = decodeSearchCursor(after);
  if (sort === 'line') return [line];
  return [atMs ?? undatedIn(sort), fileId, line];
}

function cursorOf({ timestamp, file_id: fileId, line }: StoredRecord): string {
  return encodeSearchCursor({ atMs: timestamp === undefined ? null : Date.parse(timestamp), fileId, line });
}
