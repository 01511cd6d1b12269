import type { Problem } from '@pilotlight/client';

/** The steps of an upload, in their order. */
export const STEPS = ['sent', 'stored', 'indexed', 'invalidated', 'warmed'] as const;
export type Step = (typeof STEPS)[number];

/** Why an upload has no lines in the log. */
export interface UploadError {
  readonly title: string;
  readonly detail: string;
  /** The path of the documentation of the error; null if the api gave none. */
  readonly docs: string | null;
  /** From `Retry-After`, in seconds. */
  readonly retryAfterS: number | null;
  /** Whether the same file may be accepted later. */
  readonly isRetryable: boolean;
}

/**
 * How far an upload is. `sending`: bytes are on their way, then the api stores them. `reading`: a worker reads the stored file. `ended`:
 * every step is done, or is not awaited. `refused`: nothing is stored. `failed`: the file is or may be stored, and its lines cannot be read,
 * its steps are unknown, or it could not be deleted.
 */
export type Phase = 'waiting' | 'sending' | 'reading' | 'ended' | 'refused' | 'failed' | 'cancelling' | 'cancelled';

export interface UploadState {
  readonly phase: Phase;
  /** The steps that are done. */
  readonly done: readonly Step[];
  readonly sentBytes: number;
  /** The file of the api, once it is stored. */
  readonly fileId: string | null;
  /** Lines that are written, and unpacked bytes that are read. */
  readonly lines: number;
  readonly readBytes: number;
  readonly errorCount: number;
  readonly format: string | null;
  /** The position of the latest invalidation; null before it. */
  readonly position: number | null;
  /** Whether no run of the warmer has reported in time. */
  readonly isWarmingUnknown: boolean;
  readonly error: UploadError | null;
}

export const WAITING: UploadState = {
  phase: 'waiting',
  done: [],
  sentBytes: 0,
  fileId: null,
  lines: 0,
  readBytes: 0,
  errorCount: 0,
  format: null,
  position: null,
  isWarmingUnknown: false,
  error: null,
};

/** An event of `GET /api/files/:id/events`. */
export interface FileEvent {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Returns the state after an event of the file. An unknown event changes nothing. */
export function afterEvent(state: UploadState, { event, data }: FileEvent): UploadState {
  switch (event) {
    case 'stored':
      return reached(state, 'stored', { phase: 'reading' });
    case 'progress':
      return { ...state, lines: numberOf(data['lines']), readBytes: numberOf(data['bytes']) };
    case 'indexed':
      return reached(state, 'indexed', {
        lines: numberOf(data['line_count']),
        errorCount: numberOf(data['error_count']),
        format: typeof data['format'] === 'string' ? data['format'] : null,
      });
    case 'invalidated':
      return reached(state, 'invalidated', {
        position: typeof data['position'] === 'number' ? data['position'] : state.position,
      });
    case 'warmed':
      if (data['state'] !== 'done') return { ...state, phase: endOf(state), isWarmingUnknown: true };
      return reached(state, 'warmed', { phase: endOf(state) });
    case 'failed':
      return { ...state, phase: 'failed', error: failureOf(data['error']) };
    case 'deleted':
      return { ...state, phase: 'cancelled' };
    default:
      return state;
  }
}

function reached(state: UploadState, step: Step, change: Partial<UploadState>): UploadState {
  const done = state.done.includes(step) ? state.done : [...state.done, step];
  return { ...state, done, ...change };
}

/** A file whose lines cannot be read is invalidated and warmed, too. */
function endOf({ phase }: UploadState): Phase {
  return phase === 'failed' ? 'failed' : 'ended';
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function failureOf(reason: unknown): UploadError {
  const detail = typeof reason === 'string' ? reason : 'no reason was recorded';
  return { title: 'The file is stored, and its lines cannot be read', detail, ...NO_DOCS };
}

/** A file that is stored has the same fault if it is sent again. */
const NO_DOCS = { docs: null, retryAfterS: null, isRetryable: false } as const;

/** Returns the state of a file that is stored, and whose events cannot be read. */
export function lost(state: UploadState, detail: string): UploadState {
  return failed(state, 'The file is stored, and its further steps are unknown', detail);
}

/** Returns the state of a cancelled upload whose file is stored, because its deletion failed. */
export function undeleted(state: UploadState, detail: string): UploadState {
  return failed(state, 'The upload was not cancelled: the file is stored, and its deletion failed', detail);
}

/** Returns the state of an upload whose bytes are all sent, and that the api did not answer. */
export function unanswered(state: UploadState, detail: string): UploadState {
  return failed(state, 'The file may be stored: look for it in the list of files', detail);
}

function failed(state: UploadState, title: string, detail: string): UploadState {
  return { ...state, phase: 'failed', error: { title, detail, ...NO_DOCS } };
}

/** An answer with one of these says that the same file is refused again. */
const FINAL = [400, 413, 415, 422];

/** A problem document with its `Retry-After`, in seconds. */
export interface Refusal {
  readonly problem: Pick<Problem, 'title' | 'detail' | 'type' | 'status'>;
  readonly retryAfterS: number | null;
}

/** Returns why an upload was refused, from its problem document, or from the message of an error without one. */
export function refusalOf(refusal: Refusal | string): UploadError {
  if (typeof refusal === 'string')
    return { title: 'The upload failed', detail: refusal, docs: null, retryAfterS: null, isRetryable: true };
  const { problem, retryAfterS } = refusal;
  return {
    title: problem.title,
    detail: problem.detail,
    docs: problem.type.startsWith('/docs/errors#') ? problem.type : null,
    retryAfterS,
    isRetryable: !FINAL.includes(problem.status),
  };
}

/** Whether nothing happens to the upload any more. */
export function isOver({ phase }: UploadState): boolean {
  return phase === 'ended' || phase === 'refused' || phase === 'failed' || phase === 'cancelled';
}

/** Whether the user can stop the upload: the api has no file yet, or its answer is awaited. */
export function isCancellable({ phase }: UploadState): boolean {
  return phase === 'waiting' || phase === 'sending';
}

/** Whether the user can send the file again. */
export function isRetryable({ phase, error }: UploadState): boolean {
  return phase === 'cancelled' || (phase === 'refused' && error?.isRetryable === true);
}

/** Whether an upload keeps its place among the uploads that run. It gives it up once no process serves an answer without the file. */
export function isRunning({ phase, done }: UploadState): boolean {
  if (phase === 'sending' || phase === 'cancelling') return true;
  return phase === 'reading' && !done.includes('invalidated');
}

/** Returns the progress of the present phase as a share of 0 to 1; null if its end is unknown. */
export function shareOf(
  state: UploadState,
  { sizeBytes, isPacked }: { sizeBytes: number; isPacked: boolean },
): number | null {
  if (state.phase === 'waiting') return 0;
  if (isOver(state) || state.done.includes('indexed')) return 1;
  if (state.phase === 'sending') return sizeBytes === 0 ? 0 : Math.min(1, state.sentBytes / sizeBytes);
  if (isPacked || sizeBytes === 0 || state.readBytes === 0) return null;
  return Math.min(1, state.readBytes / sizeBytes);
}
