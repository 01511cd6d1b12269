import { type DomainEvent, JOBS, type JobName } from '@pilotlight/contracts';
import type { Origin, OutboxEntry, UnreadableEntry } from '@pilotlight/origin';
import type { Logger, Queues } from '@pilotlight/runtime';
import { ExponentialBackoff, type IBackoff } from 'cockatiel';
import pTimeout from 'p-timeout';
import { PoisonJob } from './errors.ts';
import { type JobRef, type JobState, statesOf } from './known-jobs.ts';
import { Loop } from './loop.ts';
import { Outage } from './outage.ts';
import { queueGeneration } from './queue-generation.ts';

export interface RelayOptions {
  readonly outbox: Pick<Origin['outbox'], 'relay' | 'onNews'>;
  readonly queues: Pick<Queues, 'add' | 'addUnread' | 'of' | 'connection'>;
  /** False: the queue server is out of reach, and asking would hang. */
  readonly isReady: () => boolean;
  readonly logger: Logger;
  /**
   * An event whose jobs have not finished this time after it was handed over is looked at again, then after twice as long,
   * and so on up to 20 times as long. In ms. Default 30 s, so up to 10 minutes.
   */
  readonly retryAfterMs?: number;
  /** News may get lost, so the outbox is looked at anyway. Default 1 s. */
  readonly pollMs?: number;
}

const BATCH = 100;
/** The events' rows are locked so long at most. */
const HAND_OVER_MS = 5_000;
const RETRIES = new ExponentialBackoff({ initialDelay: 250, maxDelay: 5_000 });

/** A job that an event calls for, and how to add it. */
interface Wanted extends JobRef {
  /** Whether this process can do what another version could not read. */
  readonly isReadable: boolean;
  add(): Promise<void>;
}

/**
 * Hands the outbox's events over as jobs. Runs in every worker process: each event goes to one of them at a time, and is
 * marked only once its jobs are in the queue, so one that dies here loses nothing.
 *
 * An event whose jobs wait for long, or are quarantined, is looked at less and less often. Every event is looked at at
 * once when jobs may have been lost (`queueGeneration`), and when a process starts: it may be able to do what an older
 * one could not read.
 */
export class Relay {
  readonly #options: RelayOptions;
  readonly #loop: Loop;
  readonly #outage: Outage;
  /** The pause before the next try; null if the last one succeeded. */
  #backoff: IBackoff<unknown> | null = null;
  #generation: string | null = null;
  /** What was handed over before this instant, by the monotonic clock, has to be looked at again. */
  #allBefore = performance.now();
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
      await this.#noteLoss();
      const allBeforeMs = performance.now() - this.#allBefore;
      const handedOver = await outbox.relay({ limit: BATCH, retryAfterMs, allBeforeMs }, (entries, unreadable) =>
        this.#handOver(entries, unreadable),
      );
      this.#backoff = null;
      this.#outage.end();
      return handedOver === BATCH ? 0 : pollMs;
    } catch (error) {
      this.#outage.begin(error);
      this.#backoff = this.#backoff?.next(undefined) ?? RETRIES.next();
      return this.#backoff.duration;
    }
  }

  /** A server that is out of reach is asked once it is back. */
  async #noteLoss(): Promise<void> {
    const { queues, isReady, logger } = this.#options;
    if (!isReady()) return;
    const generation = await queueGeneration(queues);
    if (generation === this.#generation) return;
    if (this.#generation !== null) {
      logger.warn(
        'the queue server has restarted or lost its data: all events whose jobs have not finished are looked at',
      );
      this.#allBefore = performance.now();
    }
    this.#generation = generation;
  }

  async #handOver(entries: readonly OutboxEntry[], unreadable: readonly UnreadableEntry[]): Promise<void> {
    if (!this.#options.isReady()) throw new Error('the queue server is out of reach');
    const wanted = [
      ...entries.flatMap(({ event, jobs }) => jobs.filter(isKnown).map((job) => this.#wanted(job, event))),
      ...unreadable.flatMap((entry) => jobsOfUnreadable(entry).map((job) => this.#wantedUnread(job, entry))),
    ];
    const adding = async (): Promise<void> => {
      const states = await statesOf(this.#options.queues, wanted);
      await Promise.all(wanted.map(async (one, i) => await this.#ensure(one, states[i] ?? { state: 'absent' })));
    };
    const message = `expected to hand ${wanted.length} jobs over within ${HAND_OVER_MS} ms, got no answer of the queue server`;
    await pTimeout(adding(), { milliseconds: HAND_OVER_MS, message });
  }

  #wanted(job: JobName, event: DomainEvent): Wanted {
    const jobId = `${event.id}-${job}`;
    return { job, jobId, isReadable: true, add: () => this.#options.queues.add(job, { event }, { jobId }) };
  }

  /** As it is: a worker of the version that wrote it can read it, and any other quarantines it and outdates everything. */
  #wantedUnread(job: JobName, { id, payload }: UnreadableEntry): Wanted {
    const jobId = `${id}-${job}`;
    const add = () => this.#options.queues.addUnread(job, { event: payload }, { jobId });
    return { job, jobId, isReadable: false, add };
  }

  /**
   * Adds a job that is not in the queue: a new one, or one that vanished with the queue's data. One that waits, is being
   * worked on or has failed for good stays as it is.
   *
   * One that is finished, although its event says that it is not, runs again: the database has lost that it was settled (a
   * failover, a crash that cost the last commits). So does one that an older version could not read, or whose payload was
   * damaged in the queue: this process can read the event.
   */
  async #ensure({ job, jobId, isReadable, add }: Wanted, found: JobState): Promise<void> {
    if (found.state === 'absent') return await add();
    if (!isReadable || !isToRunAgain(found)) return;
    await (await this.#options.queues.of(JOBS[job].queue).getJob(jobId))?.remove();
    await add();
  }
}

function isToRunAgain(found: JobState): boolean {
  return found.state === 'completed' || (found.state === 'failed' && PoisonJob.wasUnreadable(found));
}

/** Whatever the event leads to in its own version, nobody may go on serving what it may have outdated. */
function jobsOfUnreadable({ jobs }: UnreadableEntry): JobName[] {
  return [...new Set<JobName>(['apply-event', ...jobs.filter(isKnown)])];
}

/** Jobs of a newer version stay in the outbox for its own processes. */
function isKnown(job: string): job is JobName {
  return Object.hasOwn(JOBS, job);
}
