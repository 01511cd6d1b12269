import type { ReindexProgress } from '@pilotlight/origin';
import type { Terminal } from './terminal.ts';
import { durationOf, numberOf } from './text.ts';

/** How often progress is shown, in ms: a line that is replaced may change often, lines of a log may not. */
const EVERY_MS = { replaced: 200, line: 5_000, json: 1_000 } as const;
const ERASE_LINE = '\r\u001b[2K';

export interface Progress {
  show(progress: ReindexProgress): void;
  /** Ends the display, so that other text can follow. */
  end(): void;
}

/** Shows progress on a terminal as one line that is replaced, elsewhere as plain lines, or as JSON on standard output. */
export function showProgress(
  terminal: Terminal,
  json: boolean,
  nowMs: () => number = () => performance.now(),
): Progress {
  const kind = json ? 'json' : terminal.isInteractive ? 'replaced' : 'line';
  let shownAtMs = kind === 'line' ? nowMs() : Number.NEGATIVE_INFINITY;
  let isOpen = false;
  return {
    show: (progress) => {
      if (nowMs() - shownAtMs < EVERY_MS[kind]) return;
      shownAtMs = nowMs();
      if (kind === 'json') terminal.out(`${JSON.stringify({ event: 'progress', ...progress, ...paceOf(progress) })}\n`);
      else if (kind === 'line') terminal.err(`${lineOf(progress)}\n`);
      else {
        isOpen = true;
        terminal.err(`${ERASE_LINE}${lineOf(progress)}`);
      }
    },
    end: () => {
      if (isOpen) terminal.err(ERASE_LINE);
    },
  };
}

/** Returns the records copied per second, and the time that copying the rest of the pass would take at that pace. */
function paceOf({ copied, copyingMs, done, total }: ReindexProgress) {
  const recordsPerSecond = copyingMs > 0 ? Math.round((copied.records / copyingMs) * 1_000) : 0;
  const left = Math.max(0, total.records - done.records);
  return { recordsPerSecond, remainingMs: recordsPerSecond > 0 ? Math.round((left / recordsPerSecond) * 1_000) : null };
}

function lineOf(progress: ReindexProgress): string {
  const { pass, done, total } = progress;
  const { recordsPerSecond, remainingMs } = paceOf(progress);
  const parts = [
    `pass ${pass}: ${numberOf(done.files)} of ${numberOf(total.files)} files`,
    `${numberOf(done.records)} of ${numberOf(total.records)} records`,
  ];
  if (remainingMs !== null)
    parts.push(`${numberOf(recordsPerSecond)} records/s`, `at most ${durationOf(remainingMs)} left`);
  return parts.join(', ');
}
