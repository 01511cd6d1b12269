import type { PoolClient } from 'pg';
import { FrequencyCounter } from './frequency-counter.ts';

/** Rarer words of a file are not stored: collecting their matches takes no longer than reading rows of many files. */
const MIN_LINES = 100;

const STORED_WORDS = 500;

/** Longer words with a digit at their end are numbers and identifiers, most of them different in each record. */
const MAX_NUMBER_LENGTH = 3;

/** Counts the records of one file that have a word. No count is too large. */
export class WordCounter {
  readonly #counter = new FrequencyCounter();

  /** Adds a word of a record. The caller passes each word of a record once. */
  add(word: string): void {
    if (word.length <= MAX_NUMBER_LENGTH || !isDigit(word.charCodeAt(word.length - 1))) this.#counter.add(word);
  }

  /** Stores the frequent words of the file, in the transaction of `client`. */
  async store(client: PoolClient, fileId: string): Promise<void> {
    const common = this.#counter.top(STORED_WORDS).texts.filter(({ lines }) => lines >= MIN_LINES);
    if (common.length === 0) return;
    await client.query(
      'INSERT INTO file_common_words (file_id, word, lines) SELECT $1, * FROM unnest($2::text[], $3::integer[])',
      [fileId, common.map(({ text }) => text), common.map(({ lines }) => lines)],
    );
  }
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;
