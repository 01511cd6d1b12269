import type { Client, estypes } from '@elastic/elasticsearch';
import { abortedBy, asking } from './as-origin-error.ts';
import { sendBulk } from './bulk-requests.ts';
import { type IndexNames, refreshIndices } from './index-layout.ts';
import { refusePartial } from './refuse-partial.ts';

/** Number of lines found and deleted at a time. */
const LINES_PER_DELETE = 5_000;

/**
 * Removes the lines of a file by their ids, in bounded batches. Resolves once searches no longer find them. Can be
 * repeated, and resumed after an interruption.
 *
 * The version of a line is the number of its attempt. While later attempts may write, a delete has the version that was
 * found, so it never removes a line that was replaced meanwhile. After the last attempt it has the next version, so a
 * late write of that attempt is refused.
 *
 * @param before removes only lines of attempts with a lower number
 */
export async function removeLines(
  { client, names }: { client: Client; names: IndexNames },
  fileId: string,
  { before, signal }: { before?: number | undefined; signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const filter: estypes.QueryDslQueryContainer[] = [{ term: { file_id: fileId } }];
  if (before !== undefined) filter.push({ range: { attempt: { lt: before } } });
  for (;;) {
    signal?.throwIfAborted();
    await refreshIndices(client, names, signal);
    const found = await asking(
      () =>
        client.search(
          {
            index: names.all,
            query: { bool: { filter } },
            size: LINES_PER_DELETE,
            sort: ['_doc'],
            _source: false,
            version: true,
            track_total_hits: false,
            allow_partial_search_results: false,
          },
          abortedBy(signal),
        ),
      signal,
    );
    // A line that was not found would stay for ever.
    refusePartial(found);
    const { hits } = found.hits;
    if (hits.length === 0) return;
    const operations = hits.map(({ _index, _id = '', _version = 0 }) => {
      const version = _version + (before === undefined ? 1 : 0);
      return { id: _id, lines: [JSON.stringify({ delete: { _index, _id, version, version_type: 'external_gte' } })] };
    });
    await sendBulk(client, operations);
  }
}
