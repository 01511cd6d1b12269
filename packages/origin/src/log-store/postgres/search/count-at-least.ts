import { parseSearch, type SearchQuery } from '@pilotlight/contracts';
import type { Statements } from '../../../postgres/until-aborted.ts';
import { Parameters } from '../parameters.ts';
import { StatsFilter } from '../stats/filter.ts';

/** Files whose counts are read: for a word those with the most records, else the newest. */
const MAX_FILES = 1_000;

/**
 * Returns a number of visible records that match a search at least, from counts that ingest stored. It reads no records, so it costs the
 * same for any number of matches. Returns 0 for a search with a time range, with other text than one word, or with a word and other
 * filters than a file.
 */
export async function countAtLeast(statements: Statements, query: SearchQuery): Promise<number> {
  if (query.from !== undefined || query.to !== undefined) return 0;
  if (query.q.trim() === '') return await countGroups(statements, query);
  const word = onlyWordOf(query);
  return word === null ? 0 : await countWord(statements, word, query.file_id);
}

/** Counts the records of a service, of some levels, or of a file. */
async function countGroups(statements: Statements, { file_id, service, level }: SearchQuery): Promise<number> {
  const filter = new StatsFilter({ file_id, service, level });
  const parameters = new Parameters();
  return await sumOf(
    statements,
    `SELECT lines FROM (SELECT id FROM files WHERE ${filter.file(parameters)} ORDER BY uploaded_at DESC LIMIT ${MAX_FILES}) AS newest
     JOIN file_groups ON file_id = newest.id WHERE ${filter.groups(parameters)}`,
    parameters,
  );
}

async function countWord(statements: Statements, word: string, fileId: string | undefined): Promise<number> {
  const filter = new StatsFilter({ file_id: fileId });
  const parameters = new Parameters();
  return await sumOf(
    statements,
    `SELECT lines FROM file_common_words JOIN files ON files.id = file_id AND ${filter.file(parameters)}
     WHERE word = ${parameters.add(word)} ORDER BY lines DESC LIMIT ${MAX_FILES}`,
    parameters,
  );
}

async function sumOf(statements: Statements, counts: string, { values }: Parameters): Promise<number> {
  const { rows } = await statements.query<{ lines: number }>(
    `SELECT coalesce(sum(lines), 0)::bigint AS lines FROM (${counts}) AS counts`,
    values,
  );
  return rows[0]?.lines ?? 0;
}

/** Returns the word if the records that have it are all the matches, else null. */
function onlyWordOf({ q, level, service }: SearchQuery): string | null {
  if (level !== undefined || service !== undefined) return null;
  const tree = parseSearch(q);
  if (tree?.kind !== 'text' || tree.isPrefix) return null;
  const [word, ...others] = tree.words;
  return word === undefined || others.length > 0 ? null : word;
}
