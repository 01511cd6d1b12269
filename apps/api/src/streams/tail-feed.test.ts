import { ManualClock, SeededRandom } from '@pilotlight/cache-core/testing';
import type { IndexedBetween, IndexedFiles } from '@pilotlight/origin';
import { hadFinished } from '@pilotlight/origin';
import fc from 'fast-check';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { LOOK_EVERY_MS, TailFeed } from './tail-feed.ts';

/** Transactions that index one file each, with the moments of a database. */
class Transactions implements IndexedFiles {
  readonly committed: number[] = [];
  readonly #running = new Set<number>();
  readonly #answerIn: () => Promise<void>;
  #next = 1;
  #looks = 0;

  /** @param answerIn waits for as long as the database takes to answer */
  constructor(answerIn: () => Promise<void>) {
    this.#answerIn = answerIn;
  }

  get looks(): number {
    return this.#looks;
  }

  begin(): number {
    this.#running.add(this.#next);
    return this.#next++;
  }

  /** Commits a running transaction. */
  commit(which: number): void {
    const transaction = [...this.#running][which % Math.max(1, this.#running.size)];
    if (transaction === undefined) return;
    this.#running.delete(transaction);
    this.committed.push(transaction);
  }

  moment(): string {
    const running = [...this.#running].sort((a, b) => a - b);
    return `0~${running[0] ?? this.#next}:${this.#next}:${running.join(',')}`;
  }

  async now(): Promise<string> {
    return this.moment();
  }

  async between(since: string, { until = this.moment() }: { until?: string }): Promise<IndexedBetween> {
    this.#looks++;
    const found = this.committed.filter((one) => !hadFinished(one, since) && hadFinished(one, until));
    await this.#answerIn();
    const files = found
      .sort((a, b) => a - b)
      .map((transaction) => ({ fileId: `${transaction}`, event: null, transaction }));
    return { until, files, hasMore: false };
  }
}

/** Reads a tail from a moment. Pauses between batches, as a client that reads slowly does. */
function follow(feed: TailFeed, since: string, signal: AbortSignal, pause: () => Promise<void>) {
  const seen: string[] = [];
  const reading = (async () => {
    for (let moment = since; ; ) {
      const batch = await feed.next(moment, signal);
      seen.push(...batch.files.map(({ fileId }) => fileId));
      moment = batch.until;
      await pause();
    }
  })();
  return { seen, reading };
}

const logger = pino({ level: 'silent' });

test('for any order of commits and any lag of the readers, each reads every file once', async () => {
  const step = fc.constantFrom('begin', 'begin', 'commit', 'commit', 'join', 'pause');
  const steps = fc.array(fc.tuple(step, fc.nat(7)), { minLength: 20, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(steps, fc.nat(), async (history, seed) => {
      const clock = new ManualClock();
      const random = new SeededRandom(seed);
      const upTo = (looks: number) => () => clock.sleep(random.next() * looks * LOOK_EVERY_MS);
      const database = new Transactions(upTo(2));
      const feed = new TailFeed(database, logger, clock);
      const stop = new AbortController();
      const readers: { before: number[]; seen: string[]; reading: Promise<never> }[] = [];
      for (const [what, n] of history) {
        if (what === 'begin') database.begin();
        else if (what === 'commit') database.commit(n);
        else if (what === 'pause') await clock.advance(n * LOOK_EVERY_MS);
        else {
          const before = [...database.committed];
          readers.push({ before, ...follow(feed, database.moment(), stop.signal, upTo(n)) });
        }
      }
      // Far more than the slowest reader needs, so a file that is read twice is seen too.
      for (let n = 0; n < 60; n++) await clock.advance(LOOK_EVERY_MS);
      const all = (before: number[]) => database.committed.filter((one) => !before.includes(one)).map(String);
      for (const { before, seen } of readers) expect(seen.toSorted()).toEqual(all(before).toSorted());
      stop.abort();
      const ended = Promise.allSettled(readers.map(({ reading }) => reading));
      await clock.through(ended);
    }),
    { numRuns: 50 },
  );
});

test('any number of readers at the present share one look, and without readers there is none', async () => {
  const clock = new ManualClock();
  const database = new Transactions(() => Promise.resolve());
  const feed = new TailFeed(database, logger, clock);
  const stop = new AbortController();
  const start = database.moment();
  const readers = Array.from({ length: 50 }, () => follow(feed, start, stop.signal, () => Promise.resolve()));
  const looksDuring = async (looks: number): Promise<number> => {
    const before = database.looks;
    for (let n = 0; n < looks; n++) await clock.advance(LOOK_EVERY_MS);
    return database.looks - before;
  };
  // Each reader asks once for what it missed.
  await clock.settle();
  expect(database.looks).toBe(50);
  database.begin();
  database.commit(0);
  expect(await looksDuring(2)).toBe(2);
  expect(readers.map(({ seen }) => seen.length)).toEqual(readers.map(() => 1));
  expect(await looksDuring(20)).toBe(20);
  await clock.settle();
  stop.abort();
  await Promise.allSettled(readers.map(({ reading }) => reading));
  // The loop that waits for its next look makes this one, and ends.
  expect(await looksDuring(1)).toBe(1);
  expect(await looksDuring(20)).toBe(0);
});
