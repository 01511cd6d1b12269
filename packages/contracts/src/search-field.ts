import { LEVELS } from './fields.ts';
import { SearchSyntaxError } from './search-syntax-error.ts';
import { endsInWord, join, levelNode, type SearchNode, textNode } from './search-tree.ts';
import { wordsOf } from './words.ts';

/** Columns that every record may have. Any other name is a parsed column, or text. */
const COLUMNS = ['service', 'status', 'method', 'path', 'source'] as const;
type Column = (typeof COLUMNS)[number];

/** Names that look like columns of an answer, with the way to search them. */
const REFUSED: Readonly<Record<string, string>> = {
  message: 'words without "message:", because words are searched in the message',
  timestamp: 'from and to beside q instead of "timestamp:"',
  response_time_ms: 'another column, because response times cannot be searched',
  file_id: 'file_id beside q instead of "file_id:"',
};

/** A prefix is at most this long: a store may index longer words by a digest. */
const MAX_PREFIX_LENGTH = 100;

/** A path of names. No part begins with `-`, which is a negative index in some stores. */
const FIELD = /^([\p{L}_@][\p{L}\p{N}_@-]*(?:\.[\p{L}\p{N}_@][\p{L}\p{N}_@-]*)*):(.*)$/su;

/** A term without spaces, and the quoted value that follows it if it is `name:`. */
interface Term {
  readonly query: string;
  /** Offset of the text in the query. */
  readonly at: number;
  readonly text: string;
  readonly value: { readonly text: string; readonly isPrefix: boolean } | null;
}

/**
 * Returns the node of `name:value`, or undefined if the term is text: without a name, as in `10:31:02`, or without a value, as in
 * `error: failed`. A name that is none of the known columns may also be text, as in `host:80`, so it matches either.
 *
 * @throws SearchSyntaxError
 */
export function fieldTerm(term: Term): SearchNode | null | undefined {
  const [, written = '', bare = ''] = FIELD.exec(term.text) ?? [];
  if (written === '') return undefined;
  const name = isKnownName(written.toLowerCase()) ? written.toLowerCase() : written;
  const valueAt = term.at + name.length + 1;
  const isKnown = isKnownName(name);
  if (bare === '' && term.value === null) {
    if (!isKnown) return undefined;
    const expected = `a value right after "${name}:"; quote the text to search for its words`;
    throw new SearchSyntaxError(expected, valueAt, term.query);
  }
  const refused = Object.hasOwn(REFUSED, name) ? REFUSED[name] : undefined;
  if (refused !== undefined) throw new SearchSyntaxError(refused, term.at, term.query);
  // Paths of C++ and Ruby, and URLs.
  if (!isKnown && /^(?::|\/\/)/.test(bare)) return undefined;
  if (isKnown && term.value === null && bare.startsWith('(')) {
    const expected = `one value after "${name}:"; write ${name}:a OR ${name}:b, or quote the value`;
    throw new SearchSyntaxError(expected, valueAt, term.query);
  }
  const value = term.value ?? unquoted(bare, valueAt, term.query);
  if (value.isPrefix) refuseLongPrefix(value.text, valueAt, term.query);
  if (name === 'level') return levelTerm(value, valueAt, term.query);
  if (isColumn(name)) return columnTerm(name, value, { ...term, at: valueAt });
  const text = textNode(`${name} ${value.text}`, value.isPrefix && endsInWord(value.text));
  return join('or', [
    { kind: 'column', name, value: storable(value.text), isPrefix: value.isPrefix },
    ...(text === null ? [] : [text]),
  ]);
}

interface Value {
  readonly text: string;
  readonly isPrefix: boolean;
}

function unquoted(bare: string, at: number, query: string): Value {
  const star = bare.indexOf('*');
  if (star !== -1 && star !== bare.length - 1) {
    throw new SearchSyntaxError(
      '"*" only at the end of a value; quote the value to compare it as it is',
      at + star,
      query,
    );
  }
  return star === -1 ? { text: bare, isPrefix: false } : { text: bare.slice(0, -1), isPrefix: true };
}

function isKnownName(name: string): boolean {
  return name === 'level' || isColumn(name);
}

function isColumn(name: string): name is Column {
  return COLUMNS.some((column) => column === name);
}

/** @throws SearchSyntaxError if the last word before a `*` is too long */
export function refuseLongPrefix(text: string, at: number, query: string): void {
  if ((wordsOf(text).at(-1) ?? '').length <= MAX_PREFIX_LENGTH) return;
  throw new SearchSyntaxError(`at most ${MAX_PREFIX_LENGTH} characters before "*"`, at, query);
}

function levelTerm({ text, isPrefix }: Value, at: number, query: string): SearchNode {
  const node = isPrefix ? null : levelNode(text);
  if (node === null) throw new SearchSyntaxError(`one of ${LEVELS.join(', ')} after "level:"`, at, query);
  return node;
}

function columnTerm(name: Column, { text, isPrefix }: Value, { query, at, value }: Term): SearchNode {
  // A quoted status is compared with the text of a parsed column, which need not be a number.
  if (name === 'status' && value === null && !/^\d{1,3}$/.test(text) && !(text === '' && isPrefix)) {
    throw new SearchSyntaxError('an HTTP status such as 404 or 5* after "status:"; quote any other value', at, query);
  }
  return { kind: 'column', name, value: storable(name === 'method' ? text.toUpperCase() : text), isPrefix };
}

/** Replaces what no store accepts, as the ingest does with the texts of records. */
function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd');
}
