import { JOBS, type JobData, type JobName, QUEUES } from '@pilotlight/contracts';
import type { JobQueue, Logger, Queues } from '@pilotlight/runtime';
import { Loop } from './loop.ts';
import { Outage } from './outage.ts';

/** A job that runs at an interval: once per tick, whatever the number of processes. */
export type Schedule = {
  [Name in JobName]: {
    readonly id: string;
    readonly job: Name;
    readonly everyMs: number;
    readonly data: JobData<Name>;
  };
}[JobName];

export interface SchedulesOptions {
  readonly queues: Pick<Queues, 'of' | 'connection'>;
  /** Returns false while the queue server is unreachable; a command would hang then. */
  readonly isReady: () => boolean;
  readonly schedules: readonly Schedule[];
  readonly logger: Logger;
  /** The interval, in ms, at which the schedules are checked. Default 5 s. */
  readonly lookEveryMs?: number;
  /** A claim expires if it is not renewed for this time, in ms. Defaults to six checks. */
  readonly claimMs?: number;
}

/** The number of ticks that a schedule may be late before it counts as stuck. */
const LATE_TICKS = 3;
const LATE_MS = 10_000;
/** The number of checks for which a claim lasts by default. */
const CLAIM_LOOKS = 6;

/**
 * Keeps the schedules in the queue, because they vanish with its data (FLUSHALL) without an error. Writes only a schedule that is
 * missing, changed or stuck, because writing runs the job at once and moves its next tick.
 *
 * During a rolling deploy, processes of two releases may define one schedule in two forms. Each form is claimed in the queue server,
 * and the first claim is valid while any process renews it. So a schedule changes once, when the last process of the other release
 * has ended, and not at every check of both.
 */
export class Schedules {
  readonly #options: SchedulesOptions;
  readonly #loop: Loop;
  readonly #outage: Outage;
  /** The schedules without a claim at the last check. */
  #unclaimed = new Set<string>();

  constructor(options: SchedulesOptions) {
    this.#options = options;
    this.#outage = new Outage(options.logger, {
      begun: 'schedules cannot be checked',
      over: 'schedules are checked again',
    });
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

  get #lookEveryMs(): number {
    return this.#options.lookEveryMs ?? 5_000;
  }

  async #look(): Promise<number> {
    const { schedules, isReady } = this.#options;
    try {
      if (!isReady()) throw new Error('the queue server is unreachable');
      for (const schedule of schedules) await this.#ensure(schedule);
      await this.#removeUnclaimed();
      this.#outage.end();
    } catch (error) {
      this.#outage.begin(error);
    }
    return this.#lookEveryMs;
  }

  async #ensure(schedule: Schedule): Promise<void> {
    const { id, job, everyMs, data } = schedule;
    const spec = JOBS[job];
    const queue = this.#options.queues.of(spec.queue);
    if (!(await this.#claim(queue, schedule))) return;
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

  /** Claims the schedule in its form, or renews the claim. Returns false if another form is claimed. */
  async #claim(queue: JobQueue, { id, everyMs, data }: Schedule): Promise<boolean> {
    const { connection } = this.#options.queues;
    const form = JSON.stringify([everyMs, data]);
    const { claimMs = CLAIM_LOOKS * this.#lookEveryMs } = this.#options;
    if ((await connection.set(claimKey(queue, id), form, 'PX', claimMs, 'NX')) !== null) return true;
    if ((await connection.get(claimKey(queue, id))) !== form) return false;
    await connection.pexpire(claimKey(queue, id), claimMs);
    return true;
  }

  /** Removes schedules of an earlier release, which have had no claim at two checks in a row. */
  async #removeUnclaimed(): Promise<void> {
    const unclaimed = new Set<string>();
    for (const name of QUEUES) {
      const queue = this.#options.queues.of(name);
      for (const { key: id } of await queue.getJobSchedulers()) {
        if (await this.#options.queues.connection.exists(claimKey(queue, id))) continue;
        if (!this.#unclaimed.has(`${name}/${id}`)) unclaimed.add(`${name}/${id}`);
        else if (await queue.removeJobScheduler(id))
          this.#options.logger.info(`removed the schedule ${id} of ${name}: no process claims it`);
      }
    }
    this.#unclaimed = unclaimed;
  }
}

function claimKey(queue: JobQueue, id: string): string {
  return queue.toKey(`schedule-claim:${id}`);
}
