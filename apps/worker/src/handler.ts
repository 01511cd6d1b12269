import type { JobData, JobName } from '@pilotlight/contracts';

/** What a handler is told of the job beside its data. */
export interface JobContext {
  /** Aborted when the process shuts down: another worker takes over. */
  readonly signal: AbortSignal;
  /** If this try fails, there is none after it. */
  readonly isLastTry: boolean;
  /** Workers that died at this job. */
  readonly crashes: number;
}

/**
 * The code of a job. Every job may run more than once, also at the same time in two processes. What it resolves with is
 * kept with the job, to be looked at.
 */
export type Handler<Name extends JobName> = (data: JobData<Name>, context: JobContext) => Promise<object>;

export type Handlers = { readonly [Name in JobName]: Handler<Name> };
