import type { Client, estypes } from '@elastic/elasticsearch';
import type { Level } from '@pilotlight/contracts';
import type { LogRecord } from '../../log-record.ts';
import type { LevelCounts } from '../record-transfer.ts';
import { asking } from './as-origin-error.ts';
import { type StoredRecord, toRecord } from './document.ts';
import { type IndexNames, refreshIndices } from './index-layout.ts';
import { refusePartial } from './refuse-partial.ts';

/** A record takes up to 64 KiB, and a whole batch is in memory at once. */
const BATCH_RECORDS = 500;

/** At least the number of levels. */
const MAX_LEVELS = 20;

interface Place {
  client: Client;
  names: IndexNames;
}

/** Implements `RecordTransfer.read`: each batch is one search behind the last line of the batch before. */
export async function* readRecords(
  place: Place,
  fileId: string,
  signal?: AbortSignal,
): AsyncGenerator<readonly LogRecord[]> {
  for (let after = 0, read = BATCH_RECORDS; read === BATCH_RECORDS; ) {
    const { hits } = await searchAll<StoredRecord>(
      place,
      {
        query: { term: { file_id: fileId } },
        sort: [{ line: 'asc' }],
        search_after: [after],
        size: BATCH_RECORDS,
        track_total_hits: false,
      },
      signal,
    );
    const records = hits.hits.map(({ _source, _id }) => {
      if (_source === undefined) throw new Error(`expected the source of document ${_id}, got none`);
      return toRecord(_source);
    });
    read = records.length;
    after = records.at(-1)?.line ?? after;
    if (read > 0) yield records;
  }
}

interface Bucket<Key> {
  key: Key;
  doc_count: number;
}

/** Implements `RecordTransfer.countLevels`. */
export async function countLevels(place: Place, fileIds: readonly string[]): Promise<ReadonlyMap<string, LevelCounts>> {
  if (fileIds.length === 0) return new Map();
  const answer = await searchAll<
    never,
    { files: { buckets: (Bucket<string> & { levels: { buckets: Bucket<Level>[] } })[] } }
  >(place, {
    query: { terms: { file_id: [...fileIds] } },
    size: 0,
    track_total_hits: false,
    aggs: {
      files: {
        terms: { field: 'file_id', size: fileIds.length },
        aggs: { levels: { terms: { field: 'level', size: MAX_LEVELS } } },
      },
    },
  });
  const files = answer.aggregations?.files.buckets ?? [];
  return new Map(
    files.map(({ key, levels }) => [
      key,
      Object.fromEntries(levels.buckets.map((level) => [level.key, level.doc_count])),
    ]),
  );
}

/** Implements `RecordTransfer.storedFiles`. A refresh comes first, so that lines of a writer that was killed are found. */
export async function storedFiles(place: Place, after: string | null, limit: number): Promise<string[]> {
  await refreshIndices(place.client, place.names);
  const answer = await searchAll<never, { files: { buckets: Bucket<{ file_id: string }>[] } }>(place, {
    size: 0,
    track_total_hits: false,
    aggs: {
      files: {
        composite: {
          size: limit,
          sources: [{ file_id: { terms: { field: 'file_id' } } }],
          ...(after !== null && { after: { file_id: after } }),
        },
      },
    },
  });
  return (answer.aggregations?.files.buckets ?? []).map(({ key }) => key.file_id);
}

/** Searches every index of the store. A part of an answer is an error. */
async function searchAll<Stored, Aggregations = Record<string, never>>(
  { client, names }: Place,
  request: Omit<estypes.SearchRequest, 'index'>,
  signal?: AbortSignal,
): Promise<estypes.SearchResponse<Stored, Aggregations>> {
  const answer = await asking(
    () =>
      client.search<Stored, Aggregations>(
        { ...request, index: names.all, allow_partial_search_results: false },
        { ...(signal && { signal }) },
      ),
    signal,
  );
  refusePartial(answer);
  return answer;
}
