import { createHash } from 'node:crypto';
import type { Highlight, Level, SearchHit } from '@pilotlight/contracts';
import type { LogRecord } from '../../log-record.ts';
import { type ColumnText, columnTextsOf, searchedWordsOf } from '../searched-texts.ts';

/** The stored document of a record. Absent columns are null in the record. */
export interface StoredRecord {
  file_id: string;
  line: number;
  /** Absent if the record has one line. */
  line_end?: number;
  attempt: number;
  timestamp?: string;
  level: Level;
  service?: string;
  message: string;
  source?: string;
  method?: string;
  path?: string;
  status?: number;
  response_time_ms?: number;
  /** JSON text: keeps the order of keys, numbers and names like `__proto__` as parsed. */
  fields?: string;
}

/** The tokenizer splits longer tokens. */
const MAX_TOKEN_LENGTH = 250;
/** A longer token keeps this much of its beginning: more than a searched prefix may have. */
const KEPT_BEGINNING = 120;
/** Longer values are compared by their beginning. A searched value has at most 1,000 characters. */
const MAX_VALUE_LENGTH = 1_100;

export function idOf(fileId: string, line: number): string {
  return `${fileId}:${line}`;
}

/** Returns the JSON of the document of a record. */
export function toDocument(fileId: string, attempt: number, record: LogRecord): string {
  const { line, lineEnd, timestamp, level, service, message, source, method, path, status } = record;
  const { responseTimeMs, fields } = record;
  const columns = columnTextsOf(record);
  const document: StoredRecord & { words: string[]; columns: string[] } = {
    file_id: fileId,
    line,
    ...(lineEnd !== line && { line_end: lineEnd }),
    attempt,
    ...(timestamp !== null && { timestamp }),
    level,
    ...(service !== null && { service: service.toWellFormed() }),
    message: message.toWellFormed(),
    ...(source !== null && { source: source.toWellFormed() }),
    ...(method !== null && { method: method.toWellFormed() }),
    ...(path !== null && { path: path.toWellFormed() }),
    ...(status !== null && { status }),
    ...(responseTimeMs !== null && { response_time_ms: responseTimeMs }),
    ...(Object.keys(fields).length > 0 && { fields: JSON.stringify(fields) }),
    // The server puts a gap between the items, so that no phrase crosses from one text to the next.
    words: searchedWordsOf(message, columns).map((words) => words.map(toToken).join(' ')),
    columns: columns.map(toColumnToken),
  };
  return JSON.stringify(document);
}

/** Returns the token that is indexed for a word: the word, or the beginning and a digest of a word longer than a token may be. */
export function toToken(word: string): string {
  if (word.length <= MAX_TOKEN_LENGTH) return word;
  return word.slice(0, KEPT_BEGINNING).toWellFormed() + createHash('sha256').update(word).digest('hex');
}

/** Returns the token that is indexed for a column with a value, and the beginning of the tokens of longer values. */
export function toColumnToken({ name, text }: ColumnText): string {
  return `${name}\0${text.slice(0, MAX_VALUE_LENGTH)}`.toWellFormed();
}

/** Returns the record of a stored document: the inverse of `toDocument`. */
export function toRecord(stored: StoredRecord): LogRecord {
  return {
    line: stored.line,
    lineEnd: stored.line_end ?? stored.line,
    timestamp: stored.timestamp ?? null,
    level: stored.level,
    service: stored.service ?? null,
    message: stored.message,
    source: stored.source ?? null,
    method: stored.method ?? null,
    path: stored.path ?? null,
    status: stored.status ?? null,
    responseTimeMs: stored.response_time_ms ?? null,
    fields: fieldsOf(stored),
  };
}

function fieldsOf({ fields }: StoredRecord): Record<string, unknown> {
  return fields === undefined ? {} : JSON.parse(fields);
}

export function toHit(stored: StoredRecord, highlight: (message: string) => Highlight[] = () => []): SearchHit {
  const { file_id, line, timestamp, level, service, message, source, method, path, status, response_time_ms } = stored;
  const columns = { source, method, path, status, response_time_ms };
  const known = Object.entries(columns).filter(([, value]) => value !== undefined);
  return {
    id: idOf(file_id, line),
    timestamp: timestamp ?? null,
    level,
    service: service ?? null,
    message,
    file_id,
    line,
    line_end: stored.line_end ?? line,
    // If the file itself has a column of such a name, the file's value is shown.
    fields: { ...Object.fromEntries(known), ...fieldsOf(stored) },
    highlight: highlight(message),
  };
}
