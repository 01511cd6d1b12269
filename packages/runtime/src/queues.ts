import { SpanKind } from '@opentelemetry/api';
import { JOBS, type JobData, type JobName, QUEUES, type QueueName } from '@pilotlight/contracts';
import { type JobsOptions, Queue } from 'bullmq';
import pTimeout from 'p-timeout';
import type { Logger } from './logger.ts';
import { type QueueConnection, queueOptions } from './queue-connection.ts';
import { inSpan } from './tracing/spans.ts';

export type JobQueue = Queue;

export interface AddOptions {
  readonly jobId?: string;
  readonly deduplicationId?: string;
}

/** The job queues, for adding and inspecting jobs. */
export interface Queues {
  readonly all: readonly JobQueue[];
  readonly of: (name: QueueName) => JobQueue;
  /** The connection of all queues, for additional keys (`queue.toKey`). */
  readonly connection: QueueConnection;
  /** Adds a job, unless its job id exists already. Rejects within 2 s if the queue server does not answer. */
  add<Name extends JobName>(name: Name, data: JobData<Name>, options?: AddOptions): Promise<void>;
  /** Adds a job whose data this version cannot read. A worker that can read it runs it; any other one quarantines it. */
  addUnread(name: JobName, data: object, options: AddOptions): Promise<void>;
  close(): Promise<void>;
}

/** The number of finished jobs per queue that are kept for inspection. */
const KEPT_JOBS = { removeOnComplete: { count: 500 }, removeOnFail: { count: 2_000 } } satisfies JobsOptions;
const ADD_WITHIN_MS = 2_000;

export function openQueues(connection: QueueConnection, logger: Logger): Queues {
  const queues = new Map(QUEUES.map((name) => [name, openQueue(name, connection, logger)]));
  const of = (name: QueueName): JobQueue => {
    const queue = queues.get(name);
    if (!queue) throw new Error(`queue ${name}: expected one of ${QUEUES.join(', ')}`);
    return queue;
  };
  const add = async (name: JobName, data: object, options: AddOptions = {}) => {
    if (connection.status !== 'ready') throw new Error(`job ${name} was not added: the queue server is unreachable`);
    const { queue } = JOBS[name];
    const span = {
      name: `send ${name}`,
      kind: SpanKind.PRODUCER,
      attributes: { 'messaging.system': 'bullmq', 'messaging.destination.name': queue },
      ...parentOf(data),
    };
    const adding = inSpan(span, () => of(queue).add(name, data, jobOptions(name, options)));
    await pTimeout(adding, {
      milliseconds: ADD_WITHIN_MS,
      message: `job ${name} was not added within ${ADD_WITHIN_MS} ms`,
    });
  };
  return {
    all: [...queues.values()],
    of,
    connection,
    add,
    addUnread: add,
    close: async () => {
      await Promise.all([...queues.values()].map((queue) => queue.close()));
      connection.disconnect();
    },
  };
}

/** The trace of the event that a job belongs to; other jobs belong to the trace of the caller. */
function parentOf(data: object): { parent?: unknown } {
  const event = 'event' in data ? data.event : null;
  return typeof event === 'object' && event !== null && 'trace' in event ? { parent: event.trace } : {};
}

function jobOptions(name: JobName, { jobId, deduplicationId }: AddOptions): JobsOptions {
  const { attempts, backoffMs } = JOBS[name];
  return {
    ...KEPT_JOBS,
    attempts,
    backoff: { type: 'exponential', delay: backoffMs },
    ...(jobId !== undefined && { jobId }),
    ...(deduplicationId !== undefined && { deduplication: { id: deduplicationId, keepLastIfActive: true } }),
  };
}

function openQueue(name: QueueName, connection: QueueConnection, logger: Logger): Queue {
  const queue = new Queue(name, queueOptions(connection, name));
  queue.on('error', (error) => logger.debug({ err: error }, `queue ${name}`));
  return queue;
}
