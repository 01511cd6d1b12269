import { type SearchHit, searchBodySchema, type TailQuery } from '@pilotlight/contracts';
import { type LogStore, SearchTooSlow } from '@pilotlight/origin';
import PQueue from 'p-queue';

/** The maximum number of lines of one file that a stream sends: the newest. */
export const LINES_PER_FILE = 100;
/** Of these lines, the newest of at most this size together are sent, in UTF-16 units of JSON. */
const LOOK_LENGTH = 1_048_576;
/** Looks that run at a time in one process, so that live tails take at most this part of its connections for reads. */
const LOOKS_AT_A_TIME = 2;
/** A look that takes longer is skipped, so that a hostile query delays others by at most this. */
const LOOK_MS = 2_000;
/** How long a result is shared, in ms: the streams of one query look at a file at about the same time. */
const SHARED_MS = 5_000;
/** Results that are shared at a time; each has at most 1 MiB. */
const MAX_SHARED = 16;

/** The lines of one file that match a query. */
export interface Look {
  /** Oldest first. */
  readonly hits: readonly SearchHit[];
  /** The number of older lines that match too. */
  readonly more: number;
  readonly relation: 'eq' | 'gte';
}

/** Looks for the lines of a newly indexed file that match. Streams with one query share a look. */
export class TailLooks {
  readonly #logs: Pick<LogStore, 'search'>;
  readonly #turns = new PQueue({ concurrency: LOOKS_AT_A_TIME });
  readonly #shared = new Map<string, Promise<Look | null>>();

  constructor(logs: Pick<LogStore, 'search'>) {
    this.#logs = logs;
  }

  /** Resolves with null if the look takes longer than 2 s. Rejects with `OriginUnavailable`. */
  async look(query: TailQuery, fileId: string): Promise<Look | null> {
    const key = `${fileId} ${JSON.stringify(query)}`;
    const shared = this.#shared.get(key);
    if (shared !== undefined) return await shared;
    const looking = this.#turns.add(() => this.#search(query, fileId));
    this.#share(key, looking);
    return await looking;
  }

  #share(key: string, looking: Promise<Look | null>): void {
    const [oldest] = this.#shared.keys();
    if (this.#shared.size >= MAX_SHARED && oldest !== undefined) this.#shared.delete(oldest);
    this.#shared.set(key, looking);
    const forget = () => void (this.#shared.get(key) === looking && this.#shared.delete(key));
    looking.then(() => setTimeout(forget, SHARED_MS).unref(), forget);
  }

  async #search({ q, level, service, from, to }: TailQuery, fileId: string): Promise<Look | null> {
    const limit = AbortSignal.timeout(LOOK_MS);
    const conditions = { q, level, service, from, to, file_id: fileId, page_size: LINES_PER_FILE };
    try {
      const {
        results,
        total,
        total_relation: relation,
      } = await this.#logs.search(searchBodySchema.parse(conditions), limit);
      const hits = withinLength(results).toReversed();
      return { hits, more: total - hits.length, relation };
    } catch (error) {
      if (limit.aborted || error instanceof SearchTooSlow) return null;
      throw error;
    }
  }
}

function withinLength(hits: readonly SearchHit[]): SearchHit[] {
  let length = 0;
  return hits.filter((hit) => {
    length += JSON.stringify(hit).length;
    return length <= LOOK_LENGTH;
  });
}
