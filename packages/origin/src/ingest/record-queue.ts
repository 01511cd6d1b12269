import { MAX_RECORD_LINES, MAX_WAITING_CHARACTERS } from './limits.ts';
import type { OpenRecord } from './open-record.ts';

/**
 * Keeps records in the order of their first lines until they have ended. A record of one stream may stay open while
 * records of other streams end; these wait, because records leave in the order of their lines.
 */
export class RecordQueue {
  readonly #emit: (record: OpenRecord) => void;
  #records: OpenRecord[] = [];
  /** Index of the oldest record that has not left. */
  #first = 0;
  #characters = 0;

  constructor(emit: (record: OpenRecord) => void) {
    this.#emit = emit;
  }

  get isEmpty(): boolean {
    return this.#records.length === 0;
  }

  add(record: OpenRecord): void {
    this.#records.push(record);
  }

  /** Notes that a record in the queue became longer. */
  grew(characters: number): void {
    this.#characters += characters;
  }

  /** Removes the ended records that no older record holds back. */
  release(): void {
    for (let record = this.#records[this.#first]; record?.isEnded === true; record = this.#records[this.#first]) {
      this.#first++;
      this.#characters -= record.characters;
      this.#emit(record);
    }
    if (this.#first === this.#records.length) {
      this.#records = [];
      this.#first = 0;
    } else if (this.#first > MAX_RECORD_LINES) {
      this.#records.splice(0, this.#first);
      this.#first = 0;
    }
  }

  /** Returns the oldest record if it holds back more than a limit at the given line, else null. */
  overdue(line: number): OpenRecord | null {
    const oldest = this.#records[this.#first];
    if (oldest === undefined || this.#records.length - this.#first === 1) return null;
    return line - oldest.line >= MAX_RECORD_LINES || this.#characters > MAX_WAITING_CHARACTERS ? oldest : null;
  }
}
