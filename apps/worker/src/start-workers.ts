import { QUEUES } from '@pilotlight/contracts';
import { endsWithin } from '@pilotlight/runtime';
import { CANCEL_MS, DRAIN_MS } from './limits.ts';
import { registerWorker, type WorkerOptions } from './register-worker.ts';

export interface Workers {
  /** Takes no more jobs and waits for the active ones. Returns those that take too long to their queue. */
  close(): Promise<void>;
  /**
   * Takes no more jobs until `resume`, except one per queue that the worker has already requested. Does not wait for active
   * jobs.
   */
  pause(): Promise<void>;
  resume(): Promise<void>;
}

/** Starts one worker per queue. */
export function startWorkers(options: WorkerOptions & { readonly drainMs?: number }): Workers {
  const workers = QUEUES.map((queue) => registerWorker(queue, options));
  return {
    close: async () => {
      const closed = Promise.all(workers.map((worker) => worker.close()));
      if (await endsWithin(options.drainMs ?? DRAIN_MS, closed)) return;
      options.logger.info('returning the active jobs to their queues');
      for (const worker of workers) worker.cancelAllJobs('the process shuts down');
      if (await endsWithin(CANCEL_MS, closed)) return;
      options.logger.warn('jobs are still active after their cancellation: another worker takes them over');
    },
    pause: async () => {
      await Promise.all(workers.map((worker) => worker.pause(true)));
    },
    resume: async () => {
      await Promise.all(workers.map((worker) => worker.resume()));
    },
  };
}
