import type { IngestProgress } from '@pilotlight/origin';
import { FileDeferred } from './errors.ts';

export interface LongReadsOptions {
  /** The number of long files that a process reads at a time; less than the concurrency of its ingest queue. */
  max: number;
  /** A file is long once this number of its lines has been written. */
  lines: number;
  /** A file is also long once this number of its unpacked bytes has been read. */
  bytes: number;
}

/** The number of deferred files that are remembered as long. */
const REMEMBERED_FILES = 1_000;

/** One attempt to read a file. */
export interface Reading {
  /** Aborted with `FileDeferred` if the file proves to be long while all places for long files are taken. */
  readonly signal: AbortSignal;
  note(progress: IngestProgress): void;
  /** @param isDone whether the file will not be read again */
  end(isDone: boolean): void;
}

/**
 * Keeps small files from waiting for long ones: long files share a few places. The length of a file is known only while it is read,
 * because a gzip file may unpack to any size. So every file starts at once, and one that proves to be long while all places are
 * taken is deferred and read again later.
 */
export class LongReads {
  readonly #options: LongReadsOptions;
  #underWay = 0;
  readonly #known = new Set<string>();

  constructor(options: LongReadsOptions) {
    this.#options = options;
  }

  /** Throws `FileDeferred` if the file is known to be long and all places are taken. */
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
