import type { MessagePort } from 'node:worker_threads';
import type { TraceContext } from '@pilotlight/contracts';
import { IngestSuperseded, OriginUnavailable } from '../errors.ts';
import type { FileLimits } from '../ingest/index.ts';
import type { Shape } from '../ingest/shapes/shape.ts';
import type { ElasticsearchOptions } from '../log-store/elasticsearch/client.ts';
import type { IngestProgress, IngestResult } from '../origin.ts';

/** Settings that a thread starts with. */
export interface ThreadData {
  databaseUrl: string;
  /** Defaults to the database. */
  elasticsearch?: ElasticsearchOptions | null;
  limits: FileLimits;
  /** Text formats of users. Defaults to none. */
  shapes?: readonly Shape[];
}

/** One file to read. */
export interface IngestTask {
  fileId: string;
  /** The trace of the caller, because a thread makes no traces. */
  trace: TraceContext | null;
  /** The thread sends `IngestProgress` at least every `BEAT_MS`. Any message to the thread asks it to stop. */
  port: MessagePort;
}

/** Interval of the heartbeats that a responsive thread sends. */
export const BEAT_MS = 250;

/** Heartbeat of a thread that has no progress to report. */
export const NO_PROGRESS: IngestProgress = { lines: 0, bytes: 0 };

/** Result of a thread. Structured cloning loses error classes, so an error crosses as its parts. */
export type ThreadReply = { result: IngestResult } | { stopped: true } | { error: ErrorParts };

type ErrorParts =
  | { kind: 'superseded'; fileId: string; attempt: number }
  | { kind: 'unavailable'; message: string }
  | { kind: 'other'; error: Error };

export function partsOf(error: unknown): ErrorParts {
  if (error instanceof IngestSuperseded) {
    return { kind: 'superseded', fileId: error.fileId, attempt: error.attempt };
  }
  if (error instanceof OriginUnavailable) return { kind: 'unavailable', message: error.message };
  return { kind: 'other', error: error instanceof Error ? error : new Error(String(error)) };
}

export function errorOf(parts: ErrorParts): Error {
  switch (parts.kind) {
    case 'superseded':
      return new IngestSuperseded(parts.fileId, parts.attempt);
    case 'unavailable':
      return new OriginUnavailable(parts.message);
    case 'other':
      return parts.error;
    default:
      return parts satisfies never;
  }
}
