import { MAX_OPEN_STREAMS } from '../limits.ts';

/**
 * The streams of a wrapper that a line has shown, each with the place where its payload begins: a table has the same
 * separators, but other names below each other. Of more than `MAX_OPEN_STREAMS`, each line has to show its own.
 */
export class ShownStreams {
  readonly #shows: RegExp | null;
  readonly #shown = new Set<string>();

  /** @param shows Lines that show their stream; null if all do. */
  constructor(shows: RegExp | null) {
    this.#shows = shows;
  }

  /** Returns whether a line shows its stream, or an earlier line has. */
  includes(line: string, stream: string, payload: string): boolean {
    if (this.#shows === null) return true;
    const key = `${line.length - payload.length} ${stream}`;
    if (this.#shown.has(key)) return true;
    if (!this.#shows.test(line)) return false;
    if (this.#shown.size < MAX_OPEN_STREAMS) this.#shown.add(key);
    return true;
  }
}
