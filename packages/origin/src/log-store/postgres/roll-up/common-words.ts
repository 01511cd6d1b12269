import type { SearchQuery } from '@pilotlight/contracts';
import type { PoolClient } from 'pg';
import type { Statements } from '../../../postgres/until-aborted.ts';
import { conditionsOf } from '../conditions.ts';
import { Parameters } from '../parameters.ts';
import { FrequencyCounter } from './frequency-counter.ts';

/** Rarer words of a file are not stored: collecting their matches takes no longer than reading rows of many files. */
const MIN_LINES = 100;

const STORED_WORDS = 500;

/** Longer words with a digit at their end are numbers and identifiers, most of them different in each record. */
const MAX_NUMBER_LENGTH = 3;

/** Files that are read for one word, those with the most records first. */
const MAX_FILES = 1_000;

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

/**
 * Returns a number of records that match a search at least: 0 unless it asks for one word, in all files or in one. It reads no records,
 * so it costs the same for any number of matches.
 */
export async function countAtLeast(statements: Statements, query: SearchQuery): Promise<number> {
  const word = onlyWordOf(query);
  if (word === null) return 0;
  const parameters = new Parameters();
  const isInFile = query.file_id === undefined ? 'true' : `file_id = ${parameters.add(query.file_id)}`;
  const { rows } = await statements.query<{ lines: number }>(
    `SELECT coalesce(sum(lines), 0)::bigint AS lines FROM (
       SELECT lines FROM file_common_words JOIN files ON files.id = file_id AND status = 'indexed'
       WHERE word = ${parameters.add(word)} AND ${isInFile} ORDER BY lines DESC LIMIT ${MAX_FILES}) AS largest`,
    parameters.values,
  );
  return rows[0]?.lines ?? 0;
}

/** Returns the word if the records that have it are all the matches, else null. */
function onlyWordOf({ q, level, service, from, to }: SearchQuery): string | null {
  if ([level, service, from, to].some((each) => each !== undefined)) return null;
  const parameters = new Parameters();
  conditionsOf({ q }, parameters);
  const [tsquery, ...others] = parameters.values;
  if (typeof tsquery !== 'string' || others.length > 0) return null;
  return /^'([\p{L}\p{N}\p{M}]+)'$/u.exec(tsquery)?.[1] ?? null;
}
