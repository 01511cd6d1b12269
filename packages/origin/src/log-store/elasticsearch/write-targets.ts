import type { Client, estypes } from '@elastic/elasticsearch';
import { isRejection } from './as-origin-error.ts';
import { createFirstIndex, type IndexNames } from './index-layout.ts';
import { partitionOf } from './partitions.ts';

/** A write index that reached one of these is rolled over before the next file is written. */
const ROLLOVER: estypes.IndicesRolloverRolloverConditions = {
  max_primary_shard_size: '30gb',
  max_primary_shard_docs: 150_000_000,
};

/**
 * The indices that one ingest attempt writes to. Each partition keeps its index for the whole attempt: ids are unique
 * within an index only, so a rollover between two tries of a request would duplicate lines.
 */
export class WriteTargets {
  readonly #client: Client;
  readonly #names: IndexNames;
  readonly #nowMs: number;
  readonly #rollover: estypes.IndicesRolloverRolloverConditions;
  readonly #indices = new Map<string, string>();

  /**
   * @param options.nowMs the current time, in ms
   * @param options.rollover when a write index is rolled over; defaults to 30 GB or 150 million lines
   */
  constructor(client: Client, names: IndexNames, { nowMs = Date.now(), rollover = ROLLOVER } = {}) {
    this.#client = client;
    this.#names = names;
    this.#nowMs = nowMs;
    this.#rollover = rollover;
  }

  get indices(): string[] {
    return [...this.#indices.values()];
  }

  /** Returns the index of a record. Asks the server once per partition. */
  async indexOf(timestamp: string | null): Promise<string> {
    const partition = partitionOf(timestamp, this.#nowMs);
    const known = this.#indices.get(partition);
    if (known !== undefined) return known;
    const index = await this.#resolve(partition);
    this.#indices.set(partition, index);
    return index;
  }

  async #resolve(partition: string): Promise<string> {
    try {
      return await this.#writeIndex(partition);
    } catch (error) {
      // 400: the alias does not exist yet.
      if (!isRejection(error, 400, 'rollover target') && !isRejection(error, 404, '')) throw error;
      await createFirstIndex(this.#client, this.#names, partition);
      return await this.#writeIndex(partition);
    }
  }

  /** Returns the write index, after a rollover if it is full. */
  async #writeIndex(partition: string): Promise<string> {
    const alias = this.#names.writeAlias(partition);
    const answer = await this.#client.indices.rollover({ alias, conditions: this.#rollover });
    return answer.rolled_over ? answer.new_index : answer.old_index;
  }
}
