import { setTimeout as delay } from 'node:timers/promises';
import type { SeededRandom } from '@pilotlight/cache-core/testing';
import { judgeRead } from '../proof/judge-read.ts';
import { Client } from './client.ts';
import { History, type Version } from './history.ts';
import { MAX_VERSIONS } from './log-text.ts';
import { type Place, Reader } from './reader.ts';
import { Writer } from './writer.ts';

export interface MixedLoadOptions {
  /** Returns where to send requests. It is called each time, because a restarted process listens on another port. */
  readonly places: () => readonly Place[];
  readonly random: SeededRandom;
  readonly readers: number;
  readonly writers: number;
  /** Called for every wrong read as soon as it happens. */
  readonly onWrong: (what: string) => void;
  /** Returns the last output lines of a process. */
  readonly lastSaid: (place: string) => readonly string[];
}

const READ_PAUSE_MS = 15;
const WRITE_PAUSE_MS = 150;
const LOOK_PAUSE_MS = 100;
/** Time within which the log line of an answer arrives. */
const LOG_AFTER_MS = 500;
const MAX_LINES = 24;
/** Approximate number of files per subject at a time. */
const KEPT = 2;
const RECENT_SUBJECTS = 6;

/** Readers and writers that send requests continuously, and the history of the responses. */
export class MixedLoad {
  readonly history = new History();
  readonly client = new Client();
  readonly reader = new Reader(this.client);
  readonly writer = new Writer(this.client, this.history);
  readonly #options: MixedLoadOptions;
  readonly #recent: number[] = [];
  readonly #stopping = new AbortController();
  readonly #background = new Set<Promise<void>>();
  #running: Promise<unknown> = Promise.resolve();
  #subjects = 0;

  constructor(options: MixedLoadOptions) {
    this.#options = options;
  }

  start(): void {
    const { readers, writers } = this.#options;
    this.#running = Promise.all([
      ...Array.from({ length: readers }, () => this.#read()),
      ...Array.from({ length: writers }, () => this.#write()),
    ]);
  }

  /** Resolves once no request is running. Repeats unanswered deletions until they are answered. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await Promise.all(this.#background);
  }

  async close(): Promise<void> {
    await this.client.close();
  }

  /** Returns a subject without files, which readers do not ask for either. */
  newSubject(): number {
    return this.#subjects++;
  }

  get #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  get #place(): Place {
    return this.#options.random.oneOf(this.#options.places());
  }

  async #read(): Promise<void> {
    const { random, onWrong } = this.#options;
    while (!this.#isStopping) {
      const subject = random.oneOf(this.#recent.length > 0 ? this.#recent : [0]);
      const place = this.#place;
      try {
        const read = await this.reader.any(place, subject, random);
        this.history.reads.push(read);
        for (const wrong of judgeRead(read, this.history)) onWrong(wrong);
        await delay(READ_PAUSE_MS * (0.5 + random.next()));
      } catch (error) {
        const what = `read: ${error instanceof Error ? error.message : error}`;
        // No fault explains a 500: failures of services are reported as 503.
        const isNew = what.startsWith('read: 500') && !this.history.unanswered.has(what);
        this.history.countUnanswered(what);
        if (isNew) {
          // The process logs the reason after it has answered.
          await delay(LOG_AFTER_MS);
          onWrong(
            [`${what} on ${place.name}, whose last lines are:`, ...this.#options.lastSaid(place.name)].join('\n  '),
          );
        }
        await delay(READ_PAUSE_MS * 4);
      }
    }
  }

  async #write(): Promise<void> {
    const { random } = this.#options;
    let subject = this.#newsworthy();
    while (!this.#isStopping) {
      if (this.history.of(subject).length >= MAX_VERSIONS) subject = this.#newsworthy();
      const waitSeconds = random.chance(0.5) ? 3 : null;
      const version = await this.writer.upload(this.#place.url, subject, random.between(1, MAX_LINES), waitSeconds);
      this.#later(() => this.#follow(version));
      const kept = this.history.of(subject).filter(({ fileId, deletion }) => fileId !== null && deletion === null);
      const old = kept[random.between(0, kept.length - 1)];
      if (old && kept.length > KEPT) this.#later(() => this.#delete(old));
      await delay(WRITE_PAUSE_MS * (0.5 + random.next()));
    }
  }

  #newsworthy(): number {
    const subject = this.newSubject();
    this.#recent.unshift(subject);
    this.#recent.length = Math.min(this.#recent.length, RECENT_SUBJECTS);
    return subject;
  }

  async #follow(version: Version): Promise<void> {
    while (!this.#isStopping && !(await this.writer.look(this.#place.url, version))) await delay(LOOK_PAUSE_MS);
  }

  async #delete(version: Version): Promise<void> {
    while (!(await this.writer.delete(this.#place.url, version))) await delay(LOOK_PAUSE_MS * 2);
  }

  #later(work: () => Promise<void>): void {
    const done = work().finally(() => this.#background.delete(done));
    this.#background.add(done);
  }
}
