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
}

/**
 * How far an upload is. `sending`: bytes are on their way, then the api stores them. `reading`: a worker reads the stored file. `ended`:
 * every step is done, or is not awaited. `refused`: nothing is stored. `failed`: the file is stored, and its lines cannot be read.
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
  return { title: 'The file is stored, and its lines cannot be read', detail, docs: null, retryAfterS: null };
}

/** Returns what a refusal says, from its problem document; `null` for an answer without one. */
export function refusalOf(
  problem: Pick<Problem, 'title' | 'detail' | 'type'> | null,
  message: string,
  retryAfterS: number | null = null,
): UploadError {
  if (problem === null) return { title: 'The upload failed', detail: message, docs: null, retryAfterS };
  const docs = problem.type.startsWith('/docs/errors#') ? problem.type : null;
  return { title: problem.title, detail: problem.detail, docs, retryAfterS };
}

/** Whether nothing happens to the upload any more. */
export function isOver({ phase }: UploadState): boolean {
  return phase === 'ended' || phase === 'refused' || phase === 'failed' || phase === 'cancelled';
}

/** Whether the user can stop the upload: the api has no file yet, or its answer is awaited. */
export function isCancellable({ phase }: UploadState): boolean {
  return phase === 'waiting' || phase === 'sending';
}

/** Whether an upload keeps its place among the uploads that run. It gives it up once no process serves an answer without the file. */
export function isRunning({ phase, done }: UploadState): boolean {
  if (phase === 'sending' || phase === 'cancelling') return true;
  return phase === 'reading' && !done.includes('invalidated');
}

/** Returns the progress of the present phase as a share of 0 to 1; null if its end is unknown. */
export function shareOf(
  state: UploadState,
  { sizeBytes, isGzip }: { sizeBytes: number; isGzip: boolean },
): number | null {
  if (state.phase === 'waiting') return 0;
  if (isOver(state) || state.done.includes('indexed')) return 1;
  if (state.phase === 'sending') return sizeBytes === 0 ? 0 : Math.min(1, state.sentBytes / sizeBytes);
  if (isGzip || sizeBytes === 0 || state.readBytes === 0) return null;
  return Math.min(1, state.readBytes / sizeBytes);
}
