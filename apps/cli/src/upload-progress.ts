import type { Terminal } from './terminal.ts';
import { bytesOf, printable } from './text.ts';

const BAR_CHARACTERS = 30;
const EVERY_MS = 100;
const ERASE_LINE = '\r\u001b[2K';

export interface UploadProgress {
  readonly show: (sentBytes: number, totalBytes: number) => void;
  /** Removes the bar, so that other text can follow. */
  readonly end: () => void;
}

/** Shows a progress bar on a terminal, and nothing elsewhere. */
export function showUpload(
  terminal: Terminal,
  name: string,
  nowMs: () => number = () => performance.now(),
): UploadProgress {
  const beganAt = nowMs();
  let shownAt = Number.NEGATIVE_INFINITY;
  let isOpen = false;
  return {
    show: (sentBytes, totalBytes) => {
      const now = nowMs();
      if (!terminal.isInteractive || (now - shownAt < EVERY_MS && sentBytes < totalBytes)) return;
      shownAt = now;
      isOpen = true;
      const share = totalBytes === 0 ? 1 : sentBytes / totalBytes;
      const done = Math.round(share * BAR_CHARACTERS);
      const bar = `${'█'.repeat(done)}${'░'.repeat(BAR_CHARACTERS - done)}`;
      const perSecond = (sentBytes / Math.max(1, now - beganAt)) * 1_000;
      const sent = `${bytesOf(sentBytes)} of ${bytesOf(totalBytes)}, ${bytesOf(perSecond)}/s`;
      terminal.err(`${ERASE_LINE}${printable(name)} ${bar} ${Math.floor(share * 100)} %  ${sent}`);
    },
    end: () => {
      if (isOpen) terminal.err(ERASE_LINE);
      isOpen = false;
    },
  };
}
