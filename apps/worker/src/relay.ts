import { type DomainEvent, JOBS, type JobName } from '@pilotlight/contracts';
import type { Origin, OutboxEntry, UnreadableEntry } from '@pilotlight/origin';
import type { Logger, Queues } from '@pilotlight/runtime';
import { withDeadline } from './deadline.ts';
import { PoisonJob } from './errors.ts';
import { Loop } from './loop.ts';
import { Outage } from './outage.ts';

export interface RelayOptions {
  readonly outbox: Pick<Origin['outbox'], 'relay' | 'onNews'>;
  readonly queues: Pick<Queues, 'add' | 'addUnread' | 'of'>;
  /** False: the queue server is out of reach, and asking would hang. */
  readonly isReady: () => boolean;
  readonly logger: Logger;
  /** Events whose jobs have not finished so long after they were handed over are handed over again. Default 30 s. */
  readonly retryAfterMs?: number;
  /** News may get lost, so the outbox is looked at anyway. Default 1 s. */
  readonly pollMs?: number;
}

const BATCH = 100;
/** The events' rows are locked so long at most. */
const HAND_OVER_MS = 5_000;
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
      const handedOver = await outbox.relay({ limit: BATCH, retryAfterMs }, (entries, unreadable) =>
        this.#handOver(entries, unreadable),
      );
      this.#failures = 0;
      this.#outage.end();
      return handedOver === BATCH ? 0 : pollMs;
    } catch (error) {
      this.#outage.begin(error);
      return Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(this.#failures++, 10));
    }
  }

  async #handOver(entries: readonly OutboxEntry[], unreadable: readonly UnreadableEntry[]): Promise<void> {
    if (!this.#options.isReady()) throw new Error('the queue server is out of reach');
    const adding = [
      ...entries.flatMap(({ event, jobs }) => jobs.filter(isKnown).map((job) => this.#add(job, event))),
      ...unreadable.flatMap((entry) => jobsOfUnreadable(entry).map((job) => this.#addUnread(job, entry))),
    ];
    await withDeadline(HAND_OVER_MS, 'handing events over', Promise.all(adding));
  }

  /**
   * A job that is in the queue, is being worked on, or has failed for good keeps its id, so adding it again adds nothing;
   * one that vanished with the queue's data is there again. One that is finished, although its event says that it is not,
   * runs again: the database has lost that it was settled (a failover, a crash that cost the last commits). So does one
   * that an older version could not read, or whose payload was damaged in the queue: this process can read the event.
   */
  async #add(job: JobName, event: DomainEvent): Promise<void> {
    const { queues } = this.#options;
    const jobId = `${event.id}-${job}`;
    const before = await queues.of(JOBS[job].queue).getJob(jobId);
    const state = await before?.getState();
    const isToRunAgain = state === 'completed' || (state === 'failed' && before && PoisonJob.wasUnreadable(before));
    if (isToRunAgain) await before?.remove();
    await queues.add(job, { event }, { jobId });
  }

  /** As it is: a worker of the version that wrote it can read it, and any other quarantines it and outdates everything. */
  async #addUnread(job: JobName, { id, payload }: UnreadableEntry): Promise<void> {
    await this.#options.queues.addUnread(job, { event: payload }, { jobId: `${id}-${job}` });
  }
}

/** Whatever the event leads to in its own version, nobody may go on serving what it may have outdated. */
function jobsOfUnreadable({ jobs }: UnreadableEntry): JobName[] {
  return [...new Set<JobName>(['apply-event', ...jobs.filter(isKnown)])];
}

/** Jobs of a newer version stay in the outbox for its own processes. */
function isKnown(job: string): job is JobName {
  return Object.hasOwn(JOBS, job);
}
