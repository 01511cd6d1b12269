import { setTimeout as sleep } from 'node:timers/promises';
import type { FileProgress, Progress } from '@pilotlight/origin';
import type { Logger } from '@pilotlight/runtime';
import { logFailedLook } from './log-failed-look.ts';

/** The pause between two looks, in ms. */
const LOOK_EVERY_MS = 250;

export type ProgressListener = (progress: FileProgress | null) => void;

/** Looks at the files that streams of this process watch: one query for all of them, and none without streams. */
export class FileWatch {
  readonly #progress: Pick<Progress, 'of'>;
  readonly #logger: Logger;
  readonly #watched = new Map<ProgressListener, string>();
  #isLooking = false;

  constructor(progress: Pick<Progress, 'of'>, logger: Logger) {
    this.#progress = progress;
    this.#logger = logger;
  }

  /** Calls `listener` with the state of a file, null once it is deleted, every 250 ms until `signal` is aborted. */
  watch(fileId: string, listener: ProgressListener, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#watched.set(listener, fileId);
    signal.addEventListener('abort', () => this.#watched.delete(listener), { once: true });
    if (!this.#isLooking) void this.#look();
  }

  /** Ends once no file is watched. */
  async #look(): Promise<void> {
    this.#isLooking = true;
    while (this.#watched.size > 0) {
      await sleep(LOOK_EVERY_MS);
      try {
        const listeners = [...this.#watched];
        const found = await this.#progress.of([...new Set(this.#watched.values())]);
        for (const [listener, fileId] of listeners) this.#notify(listener, found.get(fileId.toLowerCase()) ?? null);
      } catch (error) {
        // The streams stay open; the next look may succeed.
        logFailedLook(this.#logger, error, 'could not read the progress of files');
      }
    }
    this.#isLooking = false;
  }

  /** A listener that throws must not keep the others from their state. */
  #notify(listener: ProgressListener, progress: FileProgress | null): void {
    if (!this.#watched.has(listener)) return;
    try {
      listener(progress);
    } catch (error) {
      this.#logger.error({ err: error }, 'a listener of the progress of a file failed');
    }
  }
}
