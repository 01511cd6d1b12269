import { JOBS, type JobData, type JobName } from '@pilotlight/contracts';
import type { Logger, Queues } from '@pilotlight/runtime';
import { Loop } from './loop.ts';
import { Outage } from './outage.ts';

/** A job that comes by the clock: one per tick, however many processes there are. */
export type Schedule = {
  [Name in JobName]: {
    readonly id: string;
    readonly job: Name;
    readonly everyMs: number;
    readonly data: JobData<Name>;
  };
}[JobName];

export interface SchedulesOptions {
  readonly queues: Pick<Queues, 'of'>;
  /** False: the queue server is out of reach, and asking would hang. */
  readonly isReady: () => boolean;
  readonly schedules: readonly Schedule[];
  readonly logger: Logger;
  /** How often each schedule is looked at. Default 5 s. */
  readonly lookEveryMs?: number;
}

/** Ticks that a schedule may be late before it counts as stuck. */
const LATE_TICKS = 3;
const LATE_MS = 10_000;

/**
 * Keeps the schedules in the queue: they vanish with its data (FLUSHALL) without an error. Looks first and writes only
 * what is missing, because writing moves the next tick.
 */
export class Schedules {
  readonly #options: SchedulesOptions;
  readonly #loop: Loop;
  readonly #outage: Outage;

  constructor(options: SchedulesOptions) {
    this.#options = options;
    this.#outage = new Outage(options.logger, { begun: 'schedules are not looked after', over: 'schedules are back' });
    this.#loop = new Loop('schedules', options.logger, () => this.#look());
  }

  start(): void {
    this.#loop.start();
  }

  wake(): void {
    this.#loop.wake();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  async #look(): Promise<number> {
    const { schedules, isReady, lookEveryMs = 5_000 } = this.#options;
    try {
      if (!isReady()) throw new Error('the queue server is out of reach');
      for (const schedule of schedules) await this.#ensure(schedule);
      this.#outage.end();
    } catch (error) {
      this.#outage.begin(error);
    }
    return lookEveryMs;
  }

  async #ensure({ id, job, everyMs, data }: Schedule): Promise<void> {
    const spec = JOBS[job];
    const queue = this.#options.queues.of(spec.queue);
    const there = await queue.getJobScheduler(id);
    const isLate = (there?.next ?? 0) + LATE_TICKS * everyMs + LATE_MS < Date.now();
    const isSame = there?.every === everyMs && JSON.stringify(there.template?.data ?? {}) === JSON.stringify(data);
    if (isSame && !isLate) return;
    await queue.upsertJobScheduler(
      id,
      { every: everyMs },
      {
        name: job,
        data,
        opts: {
          attempts: spec.attempts,
          backoff: { type: 'exponential', delay: spec.backoffMs },
          removeOnComplete: { count: 50 },
          removeOnFail: { count: 50 },
        },
      },
    );
    this.#options.logger.debug(`scheduled ${id} every ${everyMs} ms`);
  }
}
