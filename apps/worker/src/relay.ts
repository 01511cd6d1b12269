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
  readonly outbox: Pick<Origin['outbox'], 'relay' | 'onNotify'>;
  readonly queues: Pick<Queues, 'add' | 'addUnread' | 'of' | 'connection'>;
  /** Returns false while the queue server is unreachable; a command would hang then. */
  readonly isReady: () => boolean;
  readonly logger: Logger;
  /**
   * An event whose jobs have not finished is checked again after this time, in ms. The time doubles with each check, up to 20 times
   * its start. Default 30 s, so up to 10 minutes.
   */
  readonly retryAfterMs?: number;
  /** The interval, in ms, at which the outbox is polled, because notifications may get lost. Default 1 s. */
  readonly pollMs?: number;
}

const BATCH = 100;
/** The maximum time for which the events' rows are locked. */
const HAND_OVER_MS = 5_000;
const RETRIES = new ExponentialBackoff({ initialDelay: 250, maxDelay: 5_000 });

/** A job of an event, and how to add it. */
interface Wanted extends JobRef {
  /** Whether this version can read the event. */
  readonly isReadable: boolean;
  add(): Promise<void>;
}

/**
 * Hands the outbox's events over to the queues as jobs. Every worker process runs it; each event is handled by one of them at a time.
 * An event is marked only once its jobs are in the queue, so a process that dies here loses nothing.
 *
 * An event whose jobs are delayed or quarantined is checked less and less often. All events are checked at once when jobs may have
 * been lost (`queueGeneration`), and when a process starts, because it may read events that an older version could not.
 */
export class Relay {
  readonly #options: RelayOptions;
  readonly #loop: Loop;
  readonly #outage: Outage;
  /** The pause before the next try; null if the last one succeeded. */
  #backoff: IBackoff<unknown> | null = null;
  #generation: string | null = null;
  /** Events handed over before this instant, by the monotonic clock, are checked again. */
  #allBefore = performance.now();
  #notifications: { close(): Promise<void> } | null = null;

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#outage = new Outage(options.logger, {
      begun: 'events cannot be handed over',
      over: 'events are handed over again',
    });
    this.#loop = new Loop('outbox relay', options.logger, () => this.#relay());
  }

  async start(): Promise<void> {
    this.#loop.start();
    this.#notifications = await this.#options.outbox.onNotify(() => this.wake());
  }

  /** Call it when there may be events to hand over, or a queue server to take them. */
  wake(): void {
    this.#loop.wake();
  }

  async stop(): Promise<void> {
    await this.#notifications?.close();
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

  /** Detects that jobs may have been lost. Skips an unreachable server; a later run checks it. */
  async #noteLoss(): Promise<void> {
    const { queues, isReady, logger } = this.#options;
    if (!isReady()) return;
    const generation = await queueGeneration(queues);
    if (generation === this.#generation) return;
    if (this.#generation !== null) {
      logger.warn('the queue server has restarted or lost its data: checking all events whose jobs have not finished');
      this.#allBefore = performance.now();
    }
    this.#generation = generation;
  }

  async #handOver(entries: readonly OutboxEntry[], unreadable: readonly UnreadableEntry[]): Promise<void> {
    if (!this.#options.isReady()) throw new Error('the queue server is unreachable');
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

  /**
   * Adds the event unread: a worker of the version that wrote it can read it; any other one invalidates everything and
   * quarantines the job.
   */
  #wantedUnread(job: JobName, { id, payload }: UnreadableEntry): Wanted {
    const jobId = `${id}-${job}`;
    const add = () => this.#options.queues.addUnread(job, { event: payload }, { jobId });
    return { job, jobId, isReadable: false, add };
  }

  /**
   * Adds a job that is not in the queue: a new one, or one that vanished with the queue's data. A job that waits, is active or has
   * failed for good is not changed.
   *
   * Two kinds of finished jobs run again. A completed job whose event is not settled: the database has lost that (a failover, or a
   * crash that lost the last commits). A job that an older version could not read, or whose payload was damaged in the queue: this
   * process can read the event.
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

/**
 * Returns the known jobs of an unreadable event. `apply-event` is always one: entries that the event may invalidate must not be
 * served.
 */
function jobsOfUnreadable({ jobs }: UnreadableEntry): JobName[] {
  return [...new Set<JobName>(['apply-event', ...jobs.filter(isKnown)])];
}

/** Returns whether this version knows the job. Other jobs stay in the outbox for processes of their version. */
function isKnown(job: string): job is JobName {
  return Object.hasOwn(JOBS, job);
}
