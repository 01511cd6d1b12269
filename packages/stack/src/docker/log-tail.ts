import type { Readable } from 'node:stream';

const LINES = 15;

/** Keeps the last lines of a container's log, for error messages. */
export class LogTail {
  #text = '';

  follow(stream: Readable): void {
    stream.on('data', (chunk: Buffer | string) => {
      this.#text = (this.#text + chunk).slice(-8_000);
    });
    // The log ends with its container; the state of the container itself is reported elsewhere.
    stream.on('error', (error) => {
      this.#text += `\n(the log could not be read: ${error.message})`;
    });
  }

  /** Returns the last lines as the end of a message, or an empty text if nothing was logged. */
  toString(): string {
    const lines = this.#text.trimEnd().split('\n').slice(-LINES);
    return lines.join('') === '' ? '' : `. The end of its log:\n  ${lines.join('\n  ')}`;
  }
}
