import type { Origin, OutboxEntry } from '@pilotlight/origin';
import type { Logger, Queues } from '@pilotlight/runtime';
import { Loop } from './loop.ts';
import { Outage } from './outage.ts';

export interface RelayOptions {
  readonly outbox: Pick<Origin['outbox'], 'relay' | 'onNews'>;
  readonly queues: Pick<Queues, 'add'>;
  readonly logger: Logger;
  /** Events whose jobs have not finished so long after they were handed over are handed over again. Default 30 s. */
  readonly retryAfterMs?: number;
  /** News may get lost, so the outbox is looked at anyway. Default 1 s. */
  readonly pollMs?: number;
}

const BATCH = 100;
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 5_000;

/**
 * Hands the outbox's events over as jobs. Runs in every worker process: each event goes to one of them at a time, and is
 * marked only once its jobs are in the queue, so one that dies here loses nothing.
 */
export class Relay {
  readonly #options: RelayOptions;
  readonly #loop: Loop;
  readonly #outage: Outage;
  #failures = 0;
  #news: { close(): Promise<void> } | null = null;

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#outage = new Outage(options.logger, {
      begun: 'events wait in the outbox',
      over: 'events are handed over again',
    });
    this.#loop = new Loop('outbox relay', options.logger, () => this.#relay());
  }

  async start(): Promise<void> {
    this.#loop.start();
    this.#news = await this.#options.outbox.onNews(() => this.wake());
  }

  /** There may be something to hand over, or somebody to take it. */
  wake(): void {
    this.#loop.wake();
  }

  async stop(): Promise<void> {
    await this.#news?.close();
    await this.#loop.stop();
  }

  async #relay(): Promise<number> {
    const { outbox, retryAfterMs = 30_000, pollMs = 1_000 } = this.#options;
    try {
      const handedOver = await outbox.relay({ limit: BATCH, retryAfterMs }, (entries) => this.#handOver(entries));
      this.#failures = 0;
      this.#outage.end();
      return handedOver === BATCH ? 0 : pollMs;
    } catch (error) {
      this.#outage.begin(error);
      return Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(this.#failures++, 10));
    }
  }

  /**
   * A job that is in the queue, is being worked on, or has failed for good keeps its id, so handing its event over again
   * adds nothing; one that vanished with the queue's data is there again.
   */
  async #handOver(entries: readonly OutboxEntry[]): Promise<void> {
    const jobs = entries.flatMap(({ event, jobs }) => jobs.map((job) => ({ event, job })));
    await Promise.all(
      jobs.map(({ event, job }) => this.#options.queues.add(job, { event }, { jobId: `${event.id}-${job}` })),
    );
  }
}
