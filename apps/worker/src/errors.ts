import { CacheError } from '@pilotlight/cache-core';
import { OriginUnavailable } from '@pilotlight/origin';
import type { z } from 'zod';

/** Base of the errors that the worker throws on purpose; `code` is stable. */
class WorkerError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** A message lists at most this number of problems of a payload, and this number of characters of each. */
const MAX_PROBLEMS = 20;
const MAX_PROBLEM_CHARACTERS = 200;

const UNREADABLE = 'does not carry what it should: ';

/** A job that no number of tries can help: nobody knows it, its payload is not what the catalogue says, or it kills. */
export class PoisonJob extends WorkerError {
  constructor(message: string) {
    super('POISON_JOB', message);
  }

  static payload(job: string, error: z.ZodError): PoisonJob {
    const fields = error.issues
      .slice(0, MAX_PROBLEMS)
      .map(({ path, message }) => `${['data', ...path].join('.')}: ${message}`.slice(0, MAX_PROBLEM_CHARACTERS));
    const more = error.issues.length - fields.length;
    if (more > 0) fields.push(`and ${more} more`);
    return new PoisonJob(`${job} ${UNREADABLE}${fields.join('; ')}`);
  }

  /** Whether that is why a job failed: a version that can read it, or its event, may try it again. */
  static wasUnreadable({ failedReason }: { failedReason?: string | undefined }): boolean {
    return failedReason?.includes(UNREADABLE) ?? false;
  }
}

/** The invalidation log is out of reach; the event has to be applied again. */
export class InvalidationPending extends WorkerError {
  constructor(eventId: string) {
    super('INVALIDATION_PENDING', `event ${eventId} is not applied yet: the invalidation log is out of reach`);
  }
}

/** The file is long, and as many long files as may be are being read; it is read later. */
export class FileDeferred extends WorkerError {
  constructor(fileId: string) {
    super('FILE_DEFERRED', `file ${fileId} is long and waits until one of the long files under way has been read`);
  }
}

/** Whether trying again later may help, and nothing is wrong with the job itself. */
export function isOutOfReach(error: unknown): boolean {
  return (
    error instanceof OriginUnavailable ||
    error instanceof InvalidationPending ||
    (error instanceof CacheError && error.code === 'UNREACHABLE')
  );
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
