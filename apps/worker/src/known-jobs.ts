import { JOBS, type JobName, QUEUES, type QueueName } from '@pilotlight/contracts';
import type { Queues } from '@pilotlight/runtime';

export interface JobRef {
  readonly job: JobName;
  readonly jobId: string;
}

/** The state of a job in the queue server. `under way` means waiting, delayed or active. */
export type JobState =
  | { readonly state: 'absent' | 'under way' | 'completed' }
  | { readonly state: 'failed'; readonly failedReason: string };

/** A completed job may still have the reason of an earlier failure; its return value shows that it has completed. */
const FIELDS = ['timestamp', 'finishedOn', 'returnvalue', 'failedReason'] as const;

/** Returns the states of jobs, in their order. Needs one round trip per queue, whatever the number of jobs. */
export async function statesOf(
  { of, connection }: Pick<Queues, 'of' | 'connection'>,
  jobs: readonly JobRef[],
): Promise<JobState[]> {
  const states = new Map<JobRef, JobState>();
  const askAbout = async (name: QueueName): Promise<void> => {
    const asked = jobs.filter(({ job }) => JOBS[job].queue === name);
    if (asked.length === 0) return;
    const pipeline = connection.pipeline();
    for (const { jobId } of asked) pipeline.hmget(of(name).toKey(jobId), ...FIELDS);
    const replies = (await pipeline.exec()) ?? [];
    asked.forEach((ref, i) => {
      const [error, fields] = replies[i] ?? [new Error(`no reply about job ${ref.jobId}`)];
      if (error) throw error;
      states.set(ref, stateOf(fields));
    });
  };
  await Promise.all(QUEUES.map(askAbout));
  return jobs.map((ref) => states.get(ref) ?? { state: 'absent' });
}

function stateOf(fields: unknown): JobState {
  const [timestamp, finishedOn, returned, failedReason] = Array.isArray(fields) ? fields : [];
  if (typeof timestamp !== 'string') return { state: 'absent' };
  if (typeof finishedOn !== 'string') return { state: 'under way' };
  if (typeof returned === 'string' || typeof failedReason !== 'string') return { state: 'completed' };
  return { state: 'failed', failedReason };
}
