import { JOBS, type JobName, type QueueName } from '@pilotlight/contracts';
import { isServerRefusal, type Logger, type QueueConnection, queueOptions } from '@pilotlight/runtime';
import { DelayedError, isNotConnectionError, type Job, UnrecoverableError, WaitingError, Worker } from 'bullmq';
import { ExponentialBackoff } from 'cockatiel';
import { FileDeferred, isOutOfReach, messageOf, PoisonJob } from './errors.ts';
import type { Handlers, JobContext } from './handler.ts';
import {
  CONCURRENCY,
  DEFER_MS,
  GIVE_BACK_MS,
  JOB_LOCK_MS,
  MAX_CRASHES,
  RETRY_FETCH_MS,
  STALLED_CHECK_MS,
} from './limits.ts';
import { Outage } from './outage.ts';
import { UnexpectedErrors } from './unexpected-errors.ts';

/** What BullMQ does not count as a lost connection. */
const CONNECTION_LOST = /ECONNRESET|EPIPE|ETIMEDOUT|Stream isn't writeable|max retries per request|Socket timeout/;

/** The pauses of a job that waits for a dependency which is out of reach. */
const POSTPONE = new ExponentialBackoff({ initialDelay: 250, maxDelay: 5_000 });

export interface WorkerOptions {
  readonly connection: QueueConnection;
  readonly handlers: Handlers;
  readonly logger: Logger;
  /**
   * Outdates all that an event may have outdated whose job of the queue `invalidation` fails, for whatever reason of its
   * own. Before the job counts as failed, so that no crash in between leaves it out.
   */
  readonly outdateAll: (job: Pick<Job<unknown>, 'id' | 'data'>) => Promise<void>;
}

/** Works on one queue: parses each job's payload with the catalogue's schema, runs its handler, tells what came of it. */
export function registerWorker(queue: QueueName, { connection, handlers, logger, outdateAll }: WorkerOptions): Worker {
  const waits = new Outage(logger, { begun: `jobs of ${queue} wait`, over: `jobs of ${queue} go on` });
  const worker = new Worker(
    queue,
    // BullMQ hands the signal only to a function with three parameters.
    async (job: Job<unknown>, token: string | undefined, signal: AbortSignal | undefined) => {
      const context = contextOf(job, signal);
      try {
        return await unlessCancelled(context.signal, runJob(queue, job, handlers, context));
      } catch (error) {
        const isOwn = !context.signal.aborted && !isOutOfReach(error);
        const toTell = isOwn && queue === 'invalidation' ? await orElse(outdateAll(job), error) : error;
        await putBack(job, token, context.signal, toTell, waits);
        throw toTell instanceof PoisonJob ? new UnrecoverableError(toTell.message) : toTell;
      }
    },
    {
      ...queueOptions(connection, queue),
      concurrency: CONCURRENCY[queue],
      lockDuration: JOB_LOCK_MS,
      stalledInterval: STALLED_CHECK_MS,
      // One more than handlers allow, so that they can say goodbye.
      maxStalledCount: MAX_CRASHES + 10,
      runRetryDelay: RETRY_FETCH_MS,
    },
  );
  worker.on('completed', () => waits.end());
  tell(worker, queue, logger);
  return worker;
}

/**
 * Rejects soon after the job is cancelled, although its handler may hang at a server that is frozen. The next worker may
 * then run the job beside the rest of this run: handlers allow that, as they have to after a crash.
 */
async function unlessCancelled(signal: AbortSignal, work: Promise<object>): Promise<object> {
  const { promise: cancelled, reject } = Promise.withResolvers<never>();
  let timer: NodeJS.Timeout | undefined;
  const cancel = () => {
    timer = setTimeout(() => reject(signal.reason), GIVE_BACK_MS);
  };
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return await Promise.race([work, cancelled]);
  } finally {
    signal.removeEventListener('abort', cancel);
    clearTimeout(timer);
  }
}

async function runJob(queue: QueueName, job: Job<unknown>, handlers: Handlers, context: JobContext): Promise<object> {
  const { name } = job;
  if (!isJobOf(queue, name)) {
    throw new PoisonJob(`job ${name} ${job.id} of queue ${queue}: no such job; expected one of ${jobsOf(queue)}`);
  }
  // Of a file that kills its readers, ingest itself says so at the file.
  if (context.crashes >= MAX_CRASHES && queue !== 'ingest') {
    throw new PoisonJob(`job ${name} ${job.id}: ${context.crashes} workers died at it`);
  }
  return await handle(handlers, name, job, context);
}

async function handle<Name extends JobName>(
  handlers: Handlers,
  name: Name,
  job: Job<unknown>,
  context: JobContext,
): Promise<object> {
  const parsed = JOBS[name].schema.safeParse(job.data);
  if (!parsed.success) throw PoisonJob.payload(`job ${name} ${job.id}`, parsed.error);
  // The schema is the one of this name; the compiler can't follow that through the catalogue.
  const run = handlers[name] as (data: unknown, context: JobContext) => Promise<object>;
  return await run(parsed.data, context);
}

/**
 * What is not the job's fault costs it none of its tries: a process that shuts down gives it back, one that needs
 * something out of reach lets it wait, and so does one whose places for long files are taken. Returns when the error is
 * the job's own.
 */
async function putBack(
  job: Job<unknown>,
  token: string | undefined,
  signal: AbortSignal,
  error: unknown,
  waits: Outage,
): Promise<void> {
  if (signal.aborted) {
    await job.moveToWait(token);
    throw new WaitingError();
  }
  if (error instanceof FileDeferred) {
    await job.moveToDelayed(Date.now() + DEFER_MS, token);
    throw new DelayedError();
  }
  if (!isOutOfReach(error)) return;
  waits.begin(error);
  const before = Math.max(0, job.attemptsStarted - job.attemptsMade - 1);
  await job.moveToDelayed(Date.now() + postponeMs(before), token);
  throw new DelayedError();
}

const MAX_STEPS = 10;

/** Returns the pause, in ms, of a job that has been put back `before` times. */
function postponeMs(before: number): number {
  let backoff = POSTPONE.next();
  for (let step = 0; step < Math.min(before, MAX_STEPS); step++) backoff = backoff.next(undefined);
  return backoff.duration;
}

/** The error, or what kept the work that it calls for from being done: then the job is tried again, whatever it had. */
async function orElse(work: Promise<void>, error: unknown): Promise<unknown> {
  return await work.then(
    () => error,
    (obstacle: unknown) => obstacle,
  );
}

function tell(worker: Worker, queue: QueueName, logger: Logger): void {
  worker.on('failed', (job, error) => {
    const name = job ? `job ${job.name} ${job.id}` : `a job of ${queue}`;
    const tries = job ? `try ${job.attemptsMade} of ${job.opts.attempts ?? 1}` : 'no tries left';
    if (job?.finishedOn) logger.error({ err: error }, `${name} failed for good (${tries}): ${error.message}`);
    else logger.warn(`${name} failed (${tries}): ${messageOf(error)}`);
  });
  worker.on('stalled', (jobId) => logger.warn(`job ${jobId} of ${queue} is taken over: its worker is gone`));
  const unexpected = new UnexpectedErrors(`worker of ${queue}`, logger);
  // A job whose lock is lost is not cancelled: if another worker has taken over, its attempt fences this one off; if the
  // queue lost its data, nobody else will bring the job to its end soon.
  worker.on('error', (error) => {
    // A lost or refused connection comes as one error per command and second: the connection logs it once.
    const isOfConnection =
      !isNotConnectionError(error) || CONNECTION_LOST.test(error.message) || isServerRefusal(error);
    if (isOfConnection) logger.trace(error, `worker of ${queue}`);
    else if (error.message.startsWith('could not renew lock')) logger.debug(`worker of ${queue}: ${error.message}`);
    else unexpected.log(error);
  });
}

function contextOf(job: Job<unknown>, signal: AbortSignal | undefined): JobContext {
  return {
    signal: signal ?? new AbortController().signal,
    isLastTry: job.attemptsMade + 1 >= (job.opts.attempts ?? 1),
    crashes: job.stalledCounter,
  };
}

function jobsOf(queue: QueueName): string {
  return Object.keys(JOBS)
    .filter((name) => isJobOf(queue, name))
    .join(', ');
}

function isJobOf(queue: QueueName, name: string): name is JobName {
  return Object.entries(JOBS).some(([known, spec]) => known === name && spec.queue === queue);
}
