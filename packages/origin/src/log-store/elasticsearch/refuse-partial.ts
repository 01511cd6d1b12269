import type { estypes } from '@elastic/elasticsearch';
import { OriginUnavailable } from '../../errors.ts';

/** Rejects an answer that lacks a part of the lines: no cache may keep it, and no write may rely on it. */
export function refusePartial(answer: { timed_out?: boolean; _shards: estypes.ShardStatistics }): void {
  const { timed_out, _shards } = answer;
  if (timed_out === true) {
    throw new OriginUnavailable('Elasticsearch answered in part: the search reached its time limit');
  }
  if (_shards.failed > 0) {
    throw new OriginUnavailable(
      `Elasticsearch answered in part: ${_shards.failed} of ${_shards.total} shards failed; check the health of the cluster`,
    );
  }
}
