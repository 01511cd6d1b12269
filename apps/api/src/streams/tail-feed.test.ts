import type { IndexedBetween, IndexedFiles } from '@pilotlight/origin';
import { hadFinished } from '@pilotlight/origin';
import fc from 'fast-check';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { TailFeed } from './tail-feed.ts';

/** Transactions that index one file each, with the moments of a database. */
class Transactions implements IndexedFiles {
  readonly committed: number[] = [];
  readonly #running = new Set<number>();
  #next = 1;
  #looks = 0;

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
    // The answer of a database arrives later.
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 2));
    const files = found
      .sort((a, b) => a - b)
      .map((transaction) => ({ fileId: `${transaction}`, event: null, transaction }));
    return { until, files, hasMore: false };
  }
}

/** Reads a tail from a moment. Pauses between batches, as a client that reads slowly does. */
function follow(feed: TailFeed, since: string, signal: AbortSignal, pauseMs: () => number) {
  const seen: string[] = [];
  const reading = (async () => {
    for (let moment = since; ; ) {
      const batch = await feed.next(moment, signal);
      seen.push(...batch.files.map(({ fileId }) => fileId));
      moment = batch.until;
      await new Promise((resolve) => setTimeout(resolve, pauseMs()));
    }
  })();
  return { seen, reading };
}

test('for any order of commits and any lag of the readers, each reads every file once', async () => {
  const step = fc.constantFrom('begin', 'begin', 'commit', 'commit', 'join', 'pause');
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(step, fc.nat(7)), { minLength: 20, maxLength: 60 }), async (steps) => {
      const database = new Transactions();
      const feed = new TailFeed(database, pino({ level: 'silent' }), 1);
      const stop = new AbortController();
      const readers: { before: number[]; seen: string[]; reading: Promise<never> }[] = [];
      for (const [what, n] of steps) {
        if (what === 'begin') database.begin();
        else if (what === 'commit') database.commit(n);
        else if (what === 'pause') await new Promise((resolve) => setTimeout(resolve, n));
        else {
          const before = [...database.committed];
          readers.push({ before, ...follow(feed, database.moment(), stop.signal, () => Math.random() * n) });
        }
      }
      const all = (before: number[]) => database.committed.filter((one) => !before.includes(one)).map(String);
      for (const { before, seen } of readers) await expect.poll(() => seen.length).toBe(all(before).length);
      for (const { before, seen } of readers) expect(seen.toSorted()).toEqual(all(before).toSorted());
      stop.abort();
      await Promise.allSettled(readers.map(({ reading }) => reading));
    }),
    { numRuns: 50 },
  );
});

test('any number of readers at the present share one look, and without readers there is none', async () => {
  const database = new Transactions();
  const feed = new TailFeed(database, pino({ level: 'silent' }), 1);
  const stop = new AbortController();
  const start = database.moment();
  const readers = Array.from({ length: 50 }, () => follow(feed, start, stop.signal, () => 0));
  await expect.poll(() => database.looks).toBeGreaterThan(60);
  database.begin();
  database.commit(0);
  await expect.poll(() => readers.every(({ seen }) => seen.length === 1)).toBe(true);
  const before = database.looks;
  await expect.poll(() => database.looks).toBeGreaterThan(before + 20);
  stop.abort();
  await Promise.allSettled(readers.map(({ reading }) => reading));
  await expect
    .poll(async () => {
      const looks = database.looks;
      await new Promise((resolve) => setTimeout(resolve, 20));
      return database.looks - looks;
    })
    .toBe(0);
});
