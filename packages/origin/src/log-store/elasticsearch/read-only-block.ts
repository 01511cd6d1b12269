import type { Client } from '@elastic/elasticsearch';
import { asking } from './as-origin-error.ts';
import type { IndexNames } from './index-layout.ts';

/** The server sets this block on the indices of a node whose disk passed the flood-stage watermark (95 % by default). */
const BLOCK = 'index.blocks.read_only_allow_delete';
const TIMEOUT_MS = 2_000;

/** Returns why the cluster refuses further lines because of a full disk, or null if it takes them. */
export async function readOnlyBlock(client: Client, names: IndexNames): Promise<string | null> {
  const answer = await asking(() =>
    client.indices.getSettings(
      { index: names.all, name: BLOCK, flat_settings: true, allow_no_indices: true },
      { requestTimeout: TIMEOUT_MS, maxRetries: 0 },
    ),
  );
  const blocked = Object.entries(answer)
    .filter(([, { settings }]) => String(Reflect.get(settings ?? {}, BLOCK)) === 'true')
    .map(([index]) => index);
  if (blocked.length === 0) return null;
  return `Elasticsearch refuses lines: ${blocked.length} indices have ${BLOCK}, the first ${blocked[0]}; free disk space on its nodes, then it removes the block by itself`;
}
