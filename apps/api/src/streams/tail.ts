import { setTimeout as sleep } from 'node:timers/promises';
import {
  parseMoment,
  type SearchHit,
  type SKIP_REASONS,
  type TailPosition,
  type TailQuery,
  tailEventId,
  type tailEventSchemas,
} from '@pilotlight/contracts';
import { type IndexedBetween, type IndexedFiles, includesMoment, OriginUnavailable } from '@pilotlight/origin';
import type { EventStream } from './event-stream.ts';
import { LineRate } from './line-rate.ts';
import { mayMatch } from './may-match.ts';
import { FILES_PER_LOOK, type TailFeed } from './tail-feed.ts';
import type { Look, TailLooks } from './tail-looks.ts';

/** A client that was disconnected for longer continues at the present. */
const MAX_BEHIND_MS = 15 * 60_000;
/** The pause before a look is repeated while the origin is unavailable, in ms. */
const RETRY_MS = 1_000;
/** A stream ends after this number of lines; the client reconnects and continues. */
const MAX_LINES = 100_000;

export interface TailParts {
  readonly indexed: IndexedFiles;
  readonly feed: TailFeed;
  readonly looks: TailLooks;
}

type Within = NonNullable<TailPosition['within']>;

interface Skipped {
  readonly reason: (typeof SKIP_REASONS)[number];
  readonly file_id: string | null;
  readonly lines: number | null;
  readonly lines_relation: 'eq' | 'gte';
}

const BEHIND: Skipped = { reason: 'behind', file_id: null, lines: null, lines_relation: 'gte' };

/**
 * A live tail: sends the lines of newly indexed files that match a query. It looks for lines only once the client has read the ones before,
 * so a slow client delays only its own stream, and no lines collect in memory.
 */
export class Tail {
  readonly #query: TailQuery;
  readonly #stream: EventStream;
  readonly #parts: TailParts;
  readonly #rate = new LineRate();
  #position: TailPosition;
  #lines = 0;

  constructor(query: TailQuery, stream: EventStream, { now, ...parts }: TailParts & { readonly now: string }) {
    this.#query = query;
    this.#stream = stream;
    this.#parts = parts;
    this.#position = { since: now, within: null };
  }

  /**
   * Runs until the stream is closed; an unavailable origin only delays it.
   *
   * @param after how far the client has read; null for a new client
   */
  async run(after: TailPosition | null): Promise<void> {
    if (after === null) this.#send(this.#position, 'open', {});
    else if (isKnown(after, this.#position.since)) this.#position = after;
    else this.#send(this.#position, 'skipped', BEHIND);
    while (await this.#stream.ready()) await this.#step();
  }

  /** Sends the lines of the files after the position. */
  async #step(): Promise<void> {
    const { closed } = this.#stream;
    try {
      const batch = await this.#nextBatch();
      await this.#sendBatch(batch);
      if (closed.aborted) return;
      const next = { since: batch.until, within: null };
      if (batch.hasMore) this.#send(next, 'skipped', BEHIND);
      this.#position = next;
      this.#stream.note(tailEventId(next));
    } catch (error) {
      if (closed.aborted) return;
      if (!(error instanceof OriginUnavailable)) throw error;
      await sleep(RETRY_MS);
    }
  }

  async #nextBatch(): Promise<IndexedBetween> {
    const { feed, indexed } = this.#parts;
    const { since, within } = this.#position;
    if (within === null) return await feed.next(since, this.#stream.closed);
    return await indexed.between(since, { until: within.until, limit: FILES_PER_LOOK });
  }

  async #sendBatch({ files, until }: IndexedBetween): Promise<void> {
    const { within } = this.#position;
    const first = files.findIndex(({ fileId }) => fileId === within?.fileId);
    for (const { fileId, event } of files.slice(Math.max(0, first))) {
      const extent = event?.type === 'file.indexed' ? event.extent : undefined;
      if (!mayMatch(this.#query, fileId, extent)) continue;
      if (!(await this.#stream.ready())) return;
      const look = await this.#parts.looks.look(this.#query, fileId);
      await this.#sendFile({ fileId, until, look, read: fileId === within?.fileId ? within : null });
    }
  }

  /** @param part.read how far the client has read this file; null if it does not know of any line of it */
  async #sendFile(part: { fileId: string; until: string; look: Look | null; read: Within | null }): Promise<void> {
    const { fileId, until, look, read } = part;
    const at = (line: number, isNext = false): TailPosition => ({
      since: this.#position.since,
      within: { until, fileId, line, isNext },
    });
    if (look === null) return this.#send(at(0), 'skipped', { ...BEHIND, reason: 'slow', file_id: fileId });
    let unread = unreadOf(look, read);
    if (read === null) {
      const taken = this.#rate.take(unread.length);
      const lines = look.more + unread.length - taken;
      const reason = taken < unread.length ? 'rate' : 'lines_of_file';
      const skipped = { reason, file_id: fileId, lines, lines_relation: look.relation } as const;
      unread = unread.slice(unread.length - taken);
      const [next] = unread;
      // A client that continues here gets the lines that were counted by the rate, and none that this event reports.
      if (lines > 0) this.#send(next === undefined ? at(0) : at(next.line, true), 'skipped', skipped);
    }
    for (const hit of unread) {
      if (!(await this.#stream.ready())) return;
      this.#send(at(hit.line), 'line', hit);
      if (++this.#lines === MAX_LINES) this.#stream.end(`${MAX_LINES} lines were sent; reconnect to continue`);
    }
  }

  #send(position: TailPosition, event: keyof typeof tailEventSchemas, data: object): void {
    this.#position = position;
    this.#stream.send({ id: tailEventId(position), event, data });
  }
}

/** Returns the lines of a file that the client has not read, oldest first. */
function unreadOf({ hits }: Look, read: Within | null): readonly SearchHit[] {
  if (read === null) return hits;
  if (read.line === 0) return [];
  const index = hits.findIndex(({ line }) => line === read.line);
  return hits.slice(read.isNext ? Math.max(0, index) : index + 1);
}

/** Returns whether a stream can continue after a position: it is of this database, and not too long ago. */
function isKnown({ since, within }: TailPosition, now: string): boolean {
  const behindMs = (parseMoment(now)?.atMs ?? 0) - (parseMoment(since)?.atMs ?? 0);
  return (
    behindMs < MAX_BEHIND_MS && includesMoment(now, since) && (within === null || includesMoment(now, within.until))
  );
}
