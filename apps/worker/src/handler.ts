import type { JobData, JobName } from '@pilotlight/contracts';

/** The second argument of a handler, beside the job's data. */
export interface JobContext {
  /** Aborted when the process shuts down; another worker takes the job over. */
  readonly signal: AbortSignal;
  readonly isLastTry: boolean;
  /** The number of workers that died while they ran this job. */
  readonly crashes: number;
}

/**
 * Runs a job. Every job may run more than once, even at the same time in two processes. The result is stored with the job for
 * inspection.
 */
export type Handler<Name extends JobName> = (data: JobData<Name>, context: JobContext) => Promise<object>;

export type Handlers = { readonly [Name in JobName]: Handler<Name> };
