import type { Client, estypes } from '@elastic/elasticsearch';
import { OriginUnavailable } from '../../errors.ts';
import { abortedBy, asking, isRejection } from './as-origin-error.ts';
import { UNBOUNDED } from './partitions.ts';
import { refusePartial } from './refuse-partial.ts';
import { refuseForeignIndices, refuseOtherServer } from './refuse-unusable.ts';

/** Version of the mapping. Raise it with every change that old documents do not fit. */
const MAPPING_VERSION = 2;
const PING_TIMEOUT_MS = 2_000;

/** A term of Lucene has at most 32,766 bytes; a UTF-16 unit takes up to four. Longer values are kept but not counted. */
const MAX_KEYWORD_LENGTH = 8_191;

const keyword = { type: 'keyword', ignore_above: MAX_KEYWORD_LENGTH } as const;

/** Fields that indices of earlier releases lack. Old documents fit them, so the version of the mapping stays the same. */
const ADDED: Record<string, estypes.MappingProperty> = { line_end: { type: 'integer' } };

/**
 * The mapping of a record. `dynamic: false` and the text in `fields` keep the columns of the files unindexed, so any
 * number of distinct columns leaves the mapping as it is.
 */
const MAPPINGS: estypes.MappingTypeMapping = {
  dynamic: false,
  _meta: { pilotlight: MAPPING_VERSION },
  // Both can be made from the other fields again.
  _source: { excludes: ['words', 'columns'] },
  properties: {
    file_id: { type: 'keyword' },
    line: { type: 'integer' },
    ...ADDED,
    attempt: { type: 'integer' },
    timestamp: { type: 'date', format: 'strict_date_time' },
    level: { type: 'keyword' },
    service: keyword,
    source: keyword,
    response_time_ms: { type: 'double' },
    // Split by the writer, so that a word is the same on every store.
    words: { type: 'text', analyzer: 'whitespace', norms: false },
    // A name and a value, of every column.
    columns: { type: 'keyword', doc_values: false },
  },
};

const SETTINGS: estypes.IndicesIndexSettings = {
  number_of_shards: 1,
  auto_expand_replicas: '0-1',
  // The last page of 10,000 records reads one more, to know whether another page follows.
  max_result_window: 10_001,
  // Writers refresh when a file is complete. This interval only bounds the memory of a long write.
  refresh_interval: '30s',
  // A late write of a stale attempt must not bring a deleted line back.
  gc_deletes: '1h',
};

/** Names of the indices and aliases under one prefix. */
export class IndexNames {
  readonly #prefix: string;

  /** @param prefix one per database */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  get template(): string {
    return `${this.#prefix}-lines`;
  }

  /** The alias that every read uses; the template adds it to each index. */
  get all(): string {
    return `${this.#prefix}-lines`;
  }

  get pattern(): string {
    return `${this.#prefix}-lines-*`;
  }

  /** The alias of a partition that names the index to write to. */
  writeAlias(partition: string): string {
    return `${this.#prefix}-write-${partition}`;
  }

  firstIndex(partition: string): string {
    return `${this.#prefix}-lines-${partition}-000001`;
  }
}

/**
 * Creates the index template and the first index. Can be repeated, and called by several processes at once. Rejects
 * with `SchemaMismatch` if the server has another major version or an index under these names has another mapping.
 */
export async function prepareIndices(client: Client, names: IndexNames): Promise<void> {
  await asking(async () => {
    await refuseOtherServer(client);
    const indices = await refuseForeignIndices(client, names, MAPPING_VERSION);
    await client.indices.putIndexTemplate({
      name: names.template,
      index_patterns: [names.pattern],
      priority: 500,
      template: { settings: { index: SETTINGS }, mappings: MAPPINGS, aliases: { [names.all]: {} } },
    });
    await createFirstIndex(client, names, UNBOUNDED);
    await addFields(client, indices);
  });
}

/** Adds the fields that indices of an earlier release lack. An index that has them stays untouched, also on a full disk. */
async function addFields(client: Client, indices: estypes.IndicesGetMappingResponse): Promise<void> {
  const lacking = Object.keys(indices).filter((index) =>
    Object.keys(ADDED).some((field) => indices[index]?.mappings.properties?.[field] === undefined),
  );
  if (lacking.length > 0) await client.indices.putMapping({ index: lacking, properties: ADDED });
}

/** Resolves once the indices answer. Rejects with `OriginUnavailable` after 2 s, and if a primary shard is missing. */
export async function pingIndices(client: Client, names: IndexNames): Promise<void> {
  const { status } = await asking(() =>
    client.cluster.health(
      { index: names.all, timeout: `${PING_TIMEOUT_MS}ms` },
      { requestTimeout: PING_TIMEOUT_MS, maxRetries: 0 },
    ),
  );
  if (status.toLowerCase() !== 'red') return;
  throw new OriginUnavailable('Elasticsearch cannot answer now: the health of its indices is red');
}

/** Makes every line that was written so far searchable. Rejects with `OriginUnavailable` if a shard did not answer. */
export async function refreshIndices(client: Client, names: IndexNames, signal?: AbortSignal): Promise<void> {
  const { _shards } = await asking(() => client.indices.refresh({ index: names.all }, abortedBy(signal)), signal);
  if (_shards !== undefined) refusePartial({ _shards });
}

/** Creates the first index of a partition unless its alias exists. */
export async function createFirstIndex(client: Client, names: IndexNames, partition: string): Promise<void> {
  const alias = names.writeAlias(partition);
  if (await client.indices.existsAlias({ name: alias })) return;
  try {
    await client.indices.create({
      index: names.firstIndex(partition),
      aliases: { [alias]: { is_write_index: true } },
    });
  } catch (error) {
    // Another process may create the same index.
    if (!isRejection(error, 400, 'resource_already_exists')) throw error;
  }
}
