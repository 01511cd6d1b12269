import { bytes, count, percent } from '../../../format/format.ts';
import type { Tone } from '../../../ui/toasts.tsx';
import { STEPS, type Step, type UploadState } from './upload-state.ts';

/** Returns the state of an upload in a word. */
export function badgeOf({ phase, done }: UploadState): { readonly word: string; readonly tone: Tone } {
  switch (phase) {
    case 'waiting':
      return { word: 'waiting', tone: 'plain' };
    case 'sending':
      return { word: done.includes('sent') ? 'storing' : 'sending', tone: 'accent' };
    case 'reading':
      if (done.includes('invalidated')) return { word: 'warming', tone: 'accent' };
      return { word: done.includes('indexed') ? 'invalidating' : 'indexing', tone: 'accent' };
    case 'ended':
      return { word: 'ready', tone: 'ok' };
    case 'refused':
      return { word: 'refused', tone: 'bad' };
    case 'failed':
      return { word: 'failed', tone: 'bad' };
    case 'cancelling':
      return { word: 'cancelling', tone: 'plain' };
    case 'cancelled':
      return { word: 'cancelled', tone: 'plain' };
  }
}

export interface ShownStep {
  readonly step: Step;
  readonly text: string;
  readonly status: 'done' | 'now' | 'later' | 'unknown';
}

/** Returns the steps of an upload with their numbers: the first one that is not done is the present one. */
export function stepsOf(state: UploadState, sizeBytes: number): ShownStep[] {
  const present = STEPS.find((step) => !state.done.includes(step));
  return STEPS.map((step) => {
    const isDone = state.done.includes(step);
    const text = textOf(step, isDone, state, sizeBytes);
    if (isDone) return { step, text, status: 'done' };
    if (step !== present) return { step, text, status: 'later' };
    return { step, text, status: state.phase === 'ended' ? 'unknown' : 'now' };
  });
}

function textOf(step: Step, isDone: boolean, state: UploadState, sizeBytes: number): string {
  switch (step) {
    case 'sent':
      return isDone ? 'Sent' : `Sent ${bytes(state.sentBytes)}, ${sentShare(state, sizeBytes)}`;
    case 'stored':
      return isDone ? 'Stored' : 'Store';
    case 'indexed':
      if (isDone) return `Indexed ${lines(state)}${state.format === null ? '' : ` as ${state.format}`}`;
      return state.lines > 0 ? `Index: ${lines(state)} so far` : 'Index';
    case 'invalidated':
      if (!isDone) return 'Invalidate';
      return state.position === null ? 'Invalidated' : `Invalidated at ${count(state.position)}`;
    case 'warmed':
      if (isDone) return 'Warmed';
      return state.isWarmingUnknown ? 'No warming reported' : state.phase === 'ended' ? 'Warming not awaited' : 'Warm';
  }
}

function lines({ lines: n }: UploadState): string {
  return `${count(n)} ${n === 1 ? 'line' : 'lines'}`;
}

function sentShare({ sentBytes }: UploadState, sizeBytes: number): string {
  return percent(sizeBytes === 0 ? 0 : Math.floor((sentBytes / sizeBytes) * 100));
}
