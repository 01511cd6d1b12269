import { setTimeout as delay } from 'node:timers/promises';
import type { SeededRandom } from '@pilotlight/cache-core/testing';
import type { Client, Reply } from './client.ts';
import type { FilesRead, Read, SearchRead, Seen, StatsRead } from './history.ts';
import { beginOf, MAX_VERSIONS, readMessage, serviceOf, wordOf } from './log-text.ts';

/** Where a read is sent. */
export interface Place {
  readonly name: string;
  readonly url: string;
}

/** The response is not a valid answer. */
class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  readonly status: number;

  constructor({ status, json }: Reply) {
    super(`${status} ${json?.code ?? ''}`.trim());
    this.status = status;
  }
}

const ANSWER_WITHIN_MS = 60_000;
const ASK_AGAIN_AFTER_MS = 100;

/** Reads again while the api answers with 503 or 504, as it may on a busy machine. Rejects if that lasts. */
export async function untilAnswered<T>(read: () => Promise<T>): Promise<T> {
  const giveUpAt = performance.now() + ANSWER_WITHIN_MS;
  for (;;) {
    try {
      return await read();
    } catch (error) {
      const isRefused = error instanceof NoAnswer && (error.status === 503 || error.status === 504);
      if (!isRefused || performance.now() > giveUpAt) throw error;
    }
    await delay(ASK_AGAIN_AFTER_MS);
  }
}

const PAGE = 1_000;

/** Reads as users do, and records results and times. Rejects if there was no valid response. */
export class Reader {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Performs any of the reads below, about the given subject. */
  async any(place: Place, subject: number, random: SeededRandom): Promise<Read> {
    const kind = random.weighted([
      ['search', 30],
      ['range', 20],
      ['errors', 10],
      ['stats', 25],
      ['files', 15],
    ]);
    if (kind === 'stats') return await this.stats(place, subject);
    if (kind === 'files') return await this.files(place);
    if (kind === 'search') return await this.search(place, subject);
    if (kind === 'errors') return await this.search(place, subject, { errorsOnly: true });
    const from = random.between(0, Math.floor(MAX_VERSIONS / 4)) * 4;
    const by = random.oneOf(['word', 'service', 'time'] as const);
    return await this.search(place, subject, { range: [from, from + 3], by });
  }

  async search(
    place: Place,
    subject: number,
    options: { range?: readonly [number, number]; errorsOnly?: boolean; by?: 'word' | 'service' | 'time' } = {},
  ): Promise<SearchRead> {
    const { range = null, errorsOnly = false, by = 'word' } = options;
    const body = {
      page_size: PAGE,
      ...(by === 'word' && { q: wordOf(subject) }),
      ...(by === 'service' && { service: serviceOf(subject) }),
      ...(errorsOnly && { level: 'ERROR' }),
      ...(range && { from: beginOf(subject, range[0]), to: beginOf(subject, range[1] + 1) }),
    };
    const { reply, ...when } = await this.#timed(place, () => this.#client.post(place.url, '/api/search', body));
    const lines = new Map<number, number[]>();
    for (const { message } of reply.json.results) {
      const found = readMessage(message);
      // Lines that do not belong to the subject are counted under a number that no version has.
      const number = found?.subject === subject ? found.version : -1;
      const others = lines.get(number);
      if (others) others.push(found?.line ?? 0);
      else lines.set(number, [found?.line ?? 0]);
    }
    const seen = new Map<number, Seen>([...lines].map(([number, each]) => [number, { lines: each, status: null }]));
    return { ...when, kind: 'search', subject, range, errorsOnly, total: reply.json.total, seen };
  }

  async stats(place: Place, subject: number): Promise<StatsRead> {
    const path = `/api/stats?service=${serviceOf(subject)}`;
    const { reply, ...when } = await this.#timed(place, () => this.#client.get(place.url, path));
    return { ...when, kind: 'stats', subject, total: reply.json.stats.total_logs };
  }

  async files(place: Place): Promise<FilesRead> {
    const { reply, ...when } = await this.#timed(place, () => this.#client.get(place.url, '/api/files'));
    const seen = new Map<string, Seen>();
    for (const { name, status } of reply.json.files) {
      if (seen.has(name)) throw new Error(`the list contains ${name} twice`);
      seen.set(name, { lines: [], status });
    }
    return { ...when, kind: 'files', seen };
  }

  async #timed(place: Place, ask: () => Promise<Reply>) {
    const beganAt = performance.now();
    const reply = await ask();
    const endedAt = performance.now();
    if (reply.status !== 200) throw new NoAnswer(reply);
    const verified = !reply.cacheStatus.includes('detail=unverified');
    return { reply, api: place.name, beganAt, endedAt, verified };
  }
}
