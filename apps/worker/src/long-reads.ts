import type { IngestProgress } from '@pilotlight/origin';
import { FileDeferred } from './errors.ts';

export interface LongReadsOptions {
  /** Long files that a process reads at a time: fewer than the slots of its ingest queue, so that some are left. */
  max: number;
  /** A file is long once this number of its records is written … */
  lines: number;
  /** … or this number of its unpacked bytes is read. */
  bytes: number;
}

/** The number of files that are remembered as long while all places are taken. */
const REMEMBERED_FILES = 1_000;

/** One reading of a file. */
export interface Reading {
  /** Aborted with `FileDeferred` when the file turns out to be long while all places are taken. */
  readonly signal: AbortSignal;
  note(progress: IngestProgress): void;
  /** `isDone`: the file will not be read again. */
  end(isDone: boolean): void;
}

/**
 * Fairness between files: long ones share a few places, so that a small file never waits for the end of a long one. How
 * long a file is shows only as it is read, since a gzip file unpacks to whatever it likes: it begins in any slot, and one
 * that turns out to be long when all places are taken is put back and begun again later.
 */
export class LongReads {
  readonly #options: LongReadsOptions;
  #underWay = 0;
  readonly #known = new Set<string>();

  constructor(options: LongReadsOptions) {
    this.#options = options;
  }

  /** Throws `FileDeferred` for a file that is known to be long while all places are taken. */
  begin(fileId: string): Reading {
    let hasPlace = this.#known.has(fileId);
    if (hasPlace && !this.#takePlace()) throw new FileDeferred(fileId);
    const stop = new AbortController();
    return {
      signal: stop.signal,
      note: (progress) => {
        if (hasPlace || !this.#isLong(progress)) return;
        this.#remember(fileId);
        hasPlace = this.#takePlace();
        if (!hasPlace) stop.abort(new FileDeferred(fileId));
      },
      end: (isDone) => {
        if (hasPlace) this.#underWay -= 1;
        if (isDone) this.#known.delete(fileId);
      },
    };
  }

  #isLong({ lines, bytes }: IngestProgress): boolean {
    return lines >= this.#options.lines || bytes >= this.#options.bytes;
  }

  #takePlace(): boolean {
    if (this.#underWay >= this.#options.max) return false;
    this.#underWay += 1;
    return true;
  }

  #remember(fileId: string): void {
    const [oldest] = this.#known;
    if (this.#known.size >= REMEMBERED_FILES && oldest !== undefined) this.#known.delete(oldest);
    this.#known.add(fileId);
  }
}
