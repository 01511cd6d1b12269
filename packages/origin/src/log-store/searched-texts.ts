import { isWordAt, wordsOf } from '@pilotlight/contracts';
import type { LogRecord } from '../log-record.ts';

/** A column of a record as searches compare it. A nested column has the path of its names, joined by dots. */
export interface ColumnText {
  readonly name: string;
  readonly text: string;
}

type RecordColumns = Pick<LogRecord, 'service' | 'source' | 'method' | 'path' | 'status' | 'fields'>;

/** Returns the columns of a record that have a text: strings, numbers, true and false, but not the message, level and times. */
export function columnTextsOf(record: RecordColumns): ColumnText[] {
  const { service, source, method, path, status, fields } = record;
  const columns: ColumnText[] = [];
  const add = (name: string, value: unknown): void => {
    if (typeof value === 'string') columns.push({ name, text: value });
    else if (typeof value === 'number' || typeof value === 'boolean')
      columns.push({ name, text: JSON.stringify(value) });
  };
  add('service', service);
  add('source', source);
  add('method', method);
  add('path', path);
  add('status', status);
  for (const name in fields) {
    const value = fields[name];
    if (typeof value !== 'object' || value === null) add(name, value);
    else if (!name.includes('.')) addNested(name, value, add);
  }
  return columns;
}

/** A path of names is unique only if no name has a dot. */
function addNested(path: string, outer: object, add: (name: string, value: unknown) => void): void {
  for (const [name, value] of Object.entries(outer)) {
    if (name.includes('.')) continue;
    if (typeof value === 'object' && value !== null) addNested(`${path}.${name}`, value, add);
    else add(`${path}.${name}`, value);
  }
}

/** No record has more searched words, gaps included: the last position of a tsvector. */
const MAX_PLACES = 16_383;

/**
 * Returns the searched words of a record: those of the message, then those of each column. No phrase crosses from one list to the
 * next. A column that the message shows is left out, because its words are there already; most columns of an access log are such.
 */
export function searchedWordsOf(message: string, columns: readonly ColumnText[]): string[][] {
  const all = [wordsOf(message).slice(0, MAX_PLACES)];
  let places = (all[0]?.length ?? 0) + 1;
  for (const { text } of columns) {
    if (text === '' || shows(message, text)) continue;
    const words = wordsOf(text).slice(0, Math.max(0, MAX_PLACES - places));
    if (words.length === 0) continue;
    all.push(words);
    places += words.length + 1;
  }
  return all;
}

/** Whether a message contains a text, with neither its first nor its last word being part of a longer one. */
function shows(message: string, text: string): boolean {
  const at = message.indexOf(text);
  if (at === -1) return false;
  const isInside = at > 0 && isWordAt(message, at - 1) && isWordAt(text, 0);
  return !isInside && !(isWordAt(message, at + text.length) && isWordAt(text, text.length - 1));
}
