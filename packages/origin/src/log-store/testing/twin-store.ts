import { setImmediate } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { LogStats, SearchAnswer, SearchQuery, StatsQuery } from '@pilotlight/contracts';
import type { LogRecord } from '../../log-record.ts';
import type { LogStore } from '../port.ts';
import type { LevelCounts } from '../record-transfer.ts';
import { EXACT_BELOW } from '../response-times.ts';

/** A request that a store was asked. */
export type LogRequest = { of: 'search'; query: SearchQuery } | { of: 'stats'; query: StatsQuery };

/** Two adapters as one store: every write goes to both, every request is asked of both, and the answers must be equal. */
export class TwinStore implements LogStore {
  readonly name = 'elasticsearch';
  readonly #one: LogStore;
  readonly #other: LogStore;
  /** Every request that was answered so far, each once. */
  readonly requests = new Map<string, LogRequest>();

  constructor(one: LogStore, other: LogStore) {
    this.#one = one;
    this.#other = other;
  }

  get lateWriteMs(): number {
    return Math.max(this.#one.lateWriteMs, this.#other.lateWriteMs);
  }

  async write(fileId: string, attempt: number, batches: AsyncIterable<readonly LogRecord[]>): Promise<number> {
    const kept = await keep(batches);
    const [one] = await this.#both((store) => store.write(fileId, attempt, kept()));
    return one;
  }

  async restore(fileId: string, attempt: number, batches: AsyncIterable<readonly LogRecord[]>): Promise<void> {
    const kept = await keep(batches);
    await this.#both((store) => store.restore(fileId, attempt, kept()));
  }

  async *read(fileId: string, signal?: AbortSignal): AsyncGenerator<readonly LogRecord[]> {
    const [one, other] = await this.#both((store) => collect(store.read(fileId, signal)));
    refuseDifference({ query: `read ${fileId}`, one: one.flat(), other: other.flat() });
    for (const batch of other) {
      signal?.throwIfAborted();
      yield batch;
    }
  }

  async countLevels(fileIds: readonly string[]): Promise<ReadonlyMap<string, LevelCounts>> {
    const [one, other] = await this.#both((store) => store.countLevels(fileIds));
    refuseDifference({ query: fileIds, one, other });
    return other;
  }

  async storedFiles(after: string | null, limit: number): Promise<string[]> {
    const [one, other] = await this.#both((store) => store.storedFiles(after, limit));
    refuseDifference({ query: { after, limit }, one, other });
    return other;
  }

  async remove(fileId: string, signal?: AbortSignal): Promise<void> {
    await this.#both((store) => store.remove(fileId, signal));
  }

  async search(query: SearchQuery, signal?: AbortSignal): Promise<SearchAnswer> {
    const [one, other] = await this.#both((store) => store.search(query, signal));
    this.#note({ of: 'search', query });
    // Only the durations may differ.
    refuseDifference({ query, one: { ...one, took_ms: 0 }, other: { ...other, took_ms: 0 } });
    return other;
  }

  async stats(query: StatsQuery, signal?: AbortSignal): Promise<LogStats> {
    const [one, other] = await this.#both((store) => store.stats(query, signal));
    this.#note({ of: 'stats', query });
    refuseDifference({ query, one: withoutTimes(one), other: withoutTimes(other) });
    refuseOtherTimes(query, one, other);
    return other;
  }

  async backfill(signal?: AbortSignal): Promise<number> {
    const [one, other] = await this.#both((store) => store.backfill(signal));
    return one + other;
  }

  #note(request: LogRequest): void {
    this.requests.set(JSON.stringify(request), request);
  }

  /** Rejects with the error of the second store. If only one store rejects, that is a difference. */
  async #both<T>(work: (store: LogStore) => Promise<T>): Promise<[T, T]> {
    const [one, other] = await Promise.allSettled([work(this.#one), work(this.#other)]);
    if (one.status === 'fulfilled' && other.status === 'fulfilled') return [one.value, other.value];
    if (one.status === 'rejected' && other.status === 'rejected') {
      refuseDifference({ query: 'the error', one: String(one.reason), other: String(other.reason) });
      throw other.reason;
    }
    throw new Error('expected both stores to succeed or to fail', { cause: { one, other } });
  }
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

/** Reads everything once, so that it can be replayed for each store, with the error that ended it. */
async function keep(batches: AsyncIterable<readonly LogRecord[]>) {
  const kept: (readonly LogRecord[])[] = [];
  const errors: unknown[] = [];
  try {
    for await (const batch of batches) kept.push(batch);
  } catch (error) {
    errors.push(error);
  }
  return async function* replay() {
    for (const batch of kept) {
      yield batch;
      // A file is read in pieces. Without this pause, timers of the stores would pass while nothing else can happen.
      await setImmediate();
    }
    for (const error of errors) throw error;
  };
}

/** Exact times have nine digits. Of large sets, each store's percentiles are within 1 % of the exact ones. */
function refuseOtherTimes(query: StatsQuery, one: LogStats, other: LogStats): void {
  for (const name of ['avg', 'p50', 'p95', 'p99'] as const) {
    const [a, b] = [one.response_time_ms?.[name] ?? 0, other.response_time_ms?.[name] ?? 0];
    const share = name === 'avg' || one.total_logs < EXACT_BELOW ? 1e-8 : 0.021;
    if (Math.abs(a - b) <= share * Math.max(Math.abs(a), Math.abs(b))) continue;
    throw new Error(`expected equal ${name} for ${JSON.stringify(query)}, got ${a} and ${b}`);
  }
}

function withoutTimes({ response_time_ms, ...exact }: LogStats) {
  return { ...exact, isTimed: response_time_ms !== null };
}

function refuseDifference({ query, one, other }: { query: unknown; one: unknown; other: unknown }): void {
  if (isDeepStrictEqual(one, other)) return;
  throw new Error(
    `expected equal answers to ${JSON.stringify(query)}, got\n${JSON.stringify(one)}\nand\n${JSON.stringify(other)}`,
  );
}
