import { SpanKind } from '@opentelemetry/api';
import { JOBS, type JobName, type QueueName } from '@pilotlight/contracts';
import { inSpan, isServerRefusal, type Logger, type QueueConnection, queueOptions } from '@pilotlight/runtime';
import { DelayedError, isNotConnectionError, type Job, UnrecoverableError, WaitingError, Worker } from 'bullmq';
import { ExponentialBackoff } from 'cockatiel';
import { z } from 'zod';
import { FileDeferred, isUnreachable, messageOf, PoisonJob } from './errors.ts';
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
import type { JobResult } from './worker-metrics.ts';

/** Messages of lost connections that BullMQ does not recognise as such. */
const CONNECTION_LOST = /ECONNRESET|EPIPE|ETIMEDOUT|Stream isn't writeable|max retries per request|Socket timeout/;

/** The pauses of a job that waits for an unreachable dependency. */
const POSTPONE = new ExponentialBackoff({ initialDelay: 250, maxDelay: 5_000 });

export interface WorkerOptions {
  readonly connection: QueueConnection;
  readonly handlers: Handlers;
  readonly logger: Logger;
  /** Called after each run of a job, with its duration in ms. */
  readonly onJobEnded?: (job: string, result: JobResult, ms: number) => void;
  /**
   * Invalidates everything in place of a job of the queue `invalidation` that fails by its own fault. It runs before the job counts
   * as failed, so that a crash in between cannot skip it.
   */
  readonly invalidateEverything: (job: Pick<Job<unknown>, 'id' | 'data'>) => Promise<void>;
}

/** Starts a worker for one queue. It parses each payload with the catalogue's schema, runs the handler and logs failures. */
export function registerWorker(
  queue: QueueName,
  { connection, handlers, logger, invalidateEverything, onJobEnded }: WorkerOptions,
): Worker {
  const waits = new Outage(logger, { begun: `jobs of ${queue} are delayed`, over: `jobs of ${queue} run again` });
  const worker = new Worker(
    queue,
    // BullMQ passes the signal only to a function with three parameters.
    async (job: Job<unknown>, token: string | undefined, signal: AbortSignal | undefined) => {
      const context = contextOf(job, signal);
      try {
        return await unlessCancelled(context.signal, runTraced(queue, job, handlers, context));
      } catch (error) {
        const isOwn = !context.signal.aborted && !isUnreachable(error);
        const reason = isOwn && queue === 'invalidation' ? await orElse(invalidateEverything(job), error) : error;
        await putBack(job, token, context.signal, reason, waits);
        throw reason instanceof PoisonJob ? new UnrecoverableError(reason.message) : reason;
      }
    },
    {
      ...queueOptions(connection, queue),
      concurrency: CONCURRENCY[queue],
      lockDuration: JOB_LOCK_MS,
      stalledInterval: STALLED_CHECK_MS,
      // More than the handlers allow, so that a handler can give the job up with a reason.
      maxStalledCount: MAX_CRASHES + 10,
      runRetryDelay: RETRY_FETCH_MS,
    },
  );
  worker.on('completed', () => waits.end());
  logEvents(worker, queue, logger);
  if (onJobEnded) reportEnds(worker, queue, onJobEnded);
  return worker;
}

/**
 * Rejects `GIVE_BACK_MS` after the job is cancelled, even if its handler hangs at a frozen server. Another worker may then run the
 * job while this run still continues; handlers allow that, as after a crash.
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

/** Runs the job in a span that continues the trace of its event. */
function runTraced(queue: QueueName, job: Job<unknown>, handlers: Handlers, context: JobContext): Promise<object> {
  const name = isJobOf(queue, job.name) ? job.name : '(other)';
  const attributes = {
    'messaging.system': 'bullmq',
    'messaging.destination.name': queue,
    'messaging.message.id': job.id ?? '',
    'pilotlight.job.try': job.attemptsMade + 1,
  };
  const span = { name: `process ${name}`, kind: SpanKind.CONSUMER, attributes, parent: traceOf(job.data) };
  return inSpan(span, () => runJob(queue, job, handlers, context));
}

const tracedSchema = z.object({ trace: z.unknown().optional(), event: z.object({ trace: z.unknown() }).optional() });

/** Returns the trace that a job carries, itself or in its event; null if it carries none. */
function traceOf(data: unknown): unknown {
  const { trace, event } = tracedSchema.safeParse(data).data ?? {};
  return trace ?? event?.trace ?? null;
}

async function runJob(queue: QueueName, job: Job<unknown>, handlers: Handlers, context: JobContext): Promise<object> {
  const { name } = job;
  if (!isJobOf(queue, name)) {
    throw new PoisonJob(`job ${name} ${job.id} of queue ${queue}: unknown job name, expected one of ${jobsOf(queue)}`);
  }
  // The ingest handler itself fails a file that kills its readers, with a reason.
  if (context.crashes >= MAX_CRASHES && queue !== 'ingest') {
    throw new PoisonJob(`job ${name} ${job.id}: ${context.crashes} workers died while running it`);
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
  // The data has the type of this handler; the compiler cannot derive that from the catalogue.
  const run = handlers[name] as (data: unknown, context: JobContext) => Promise<object>;
  return await run(parsed.data, context);
}

/**
 * Returns the job to its queue if it failed by no fault of its own, which costs it none of its tries: the process shuts down, a
 * dependency is unreachable, or all places for long files are taken. Then it throws the error that BullMQ expects. Otherwise it
 * returns.
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
  if (!isUnreachable(error)) return;
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

/** Resolves with `error` after `work`, or with the error of `work`, for which the job is retried instead. */
async function orElse(work: Promise<void>, error: unknown): Promise<unknown> {
  return await work.then(
    () => error,
    (obstacle: unknown) => obstacle,
  );
}

function reportEnds(worker: Worker, queue: QueueName, onJobEnded: NonNullable<WorkerOptions['onJobEnded']>): void {
  const report = (job: Job | undefined, result: JobResult) => {
    if (job?.processedOn === undefined) return;
    const name = isJobOf(queue, job.name) ? job.name : '(other)';
    onJobEnded(name, result, Math.max(0, (job.finishedOn ?? Date.now()) - job.processedOn));
  };
  worker.on('completed', (job) => report(job, 'completed'));
  worker.on('failed', (job) => report(job, job?.finishedOn === undefined ? 'retried' : 'failed'));
}

function logEvents(worker: Worker, queue: QueueName, logger: Logger): void {
  worker.on('failed', (job, error) => {
    const name = job ? `job ${job.name} ${job.id}` : `a job of ${queue}`;
    const tries = job ? `try ${job.attemptsMade} of ${job.opts.attempts ?? 1}` : 'no tries left';
    if (job?.finishedOn) logger.error({ err: error }, `${name} failed for good (${tries}): ${error.message}`);
    else logger.warn(`${name} failed (${tries}): ${messageOf(error)}`);
  });
  worker.on('stalled', (jobId) => logger.warn(`job ${jobId} of ${queue} is taken over: its worker died`));
  const unexpected = new UnexpectedErrors(`worker of ${queue}`, logger);
  // A job whose lock is lost is not cancelled. If another worker has taken it over, that attempt fences this one off; if the
  // queue lost its data, no other worker will finish the job soon.
  worker.on('error', (error) => {
    // A lost or refused connection causes one error per command and second; the connection itself logs it once.
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
