import { setTimeout as delay } from 'node:timers/promises';
import type { LiveState } from '../live/live-state.ts';
import { demoRequest } from './demo-requests.ts';

/** The first reads follow each other quickly, so that an opened console soon shows something. */
const FIRST_READS = 12;
const FIRST_PAUSE_MS = 300;
const PAUSE_MS = 1_500;
/** How often a reader without an open console looks for one, in ms. */
const LOOK_EVERY_MS = 250;
const ANSWER_WITHIN_MS = 10_000;

export interface DemoReaderOptions {
  /** Aborted when the process begins to shut down. */
  readonly signal: AbortSignal;
  /** Receives the first failure after each success. */
  readonly onError: (error: unknown) => void;
  /** Waits for `ms`, or until the signal is aborted. Defaults to a timer that keeps no process running. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Returns a random number from 0 to below 1. Defaults to `Math.random`. */
  readonly random?: () => number;
}

/**
 * Asks the three cached endpoints of its own api over HTTP while a console is open, and nothing while none is. It exists for the sample
 * logs of `npm start`, so that a console shows hits, misses and refreshes without a client.
 */
export class DemoReader {
  readonly #options: DemoReaderOptions;
  #reads = 0;
  #hasFailed = false;
  #running: Promise<void> | null = null;

  constructor(options: DemoReaderOptions) {
    this.#options = options;
  }

  /** The number of answered reads. */
  get reads(): number {
    return this.#reads;
  }

  /** Reads from the api at `url` from now on, until the process begins to shut down. */
  start(url: string, live: Pick<LiveState, 'isWatched'>): void {
    this.#running ??= this.#run(url, live);
  }

  /** Resolves once no read is under way, which needs an aborted signal. */
  async close(): Promise<void> {
    await this.#running;
  }

  async #run(url: string, live: Pick<LiveState, 'isWatched'>): Promise<void> {
    const { signal, pause = waitFor } = this.#options;
    for (let sent = 0; !signal.aborted; ) {
      const isWatched = live.isWatched;
      if (isWatched) await this.#read(url, sent++);
      const pauseMs = isWatched ? (sent < FIRST_READS ? FIRST_PAUSE_MS : PAUSE_MS) : LOOK_EVERY_MS;
      await pause(pauseMs, signal);
    }
  }

  async #read(url: string, n: number): Promise<void> {
    const { signal, random = Math.random, onError } = this.#options;
    const { path, body } = demoRequest(n, random(), Date.now());
    try {
      const answer = await fetch(`${url}${path}`, {
        ...(body && { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
        signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
      });
      await answer.arrayBuffer();
      if (!answer.ok) throw new Error(`expected 200 from ${path}, got ${answer.status}`);
      this.#reads++;
      this.#hasFailed = false;
    } catch (error) {
      if (!(signal.aborted || this.#hasFailed)) onError(error);
      this.#hasFailed = true;
    }
  }
}

async function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal, ref: false }).catch(() => undefined); // aborted: the loop ends
}
