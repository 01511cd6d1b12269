import { CacheError } from '@pilotlight/cache-core';
import { OriginUnavailable } from '@pilotlight/origin';
import type { z } from 'zod';

/** Base class of the worker's expected errors; `code` is stable. */
class WorkerError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** The number of problems of a payload that a message lists, and the number of characters of each. */
const MAX_PROBLEMS = 20;
const MAX_PROBLEM_CHARACTERS = 200;

const UNREADABLE = 'does not carry what it should: ';

/** A job that no retry can complete: its name is unknown, its payload does not match the catalogue, or it kills workers. */
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

  /** Returns whether a job failed because of its payload. A version that can read the payload, or its event, may retry it. */
  static wasUnreadable({ failedReason }: { failedReason?: string | undefined }): boolean {
    return failedReason?.includes(UNREADABLE) ?? false;
  }
}

/** The invalidation log is unreachable; the event has to be applied later. */
export class EventNotApplied extends WorkerError {
  constructor(eventId: string) {
    super('INVALIDATION_PENDING', `event ${eventId} is not applied yet: the invalidation log is unreachable`);
  }
}

/** The file is long, and the maximum number of long files is being read already; it is read later. */
export class FileDeferred extends WorkerError {
  constructor(fileId: string) {
    super('FILE_DEFERRED', `file ${fileId} is long and is deferred until another long file has been read`);
  }
}

/** Returns whether a job failed because a dependency is unreachable, so that a later retry may succeed. */
export function isUnreachable(error: unknown): boolean {
  return (
    error instanceof OriginUnavailable ||
    error instanceof EventNotApplied ||
    (error instanceof CacheError && error.code === 'UNREACHABLE')
  );
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
