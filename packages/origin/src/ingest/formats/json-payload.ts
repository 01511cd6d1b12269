import type { Level } from '@pilotlight/contracts';
import type { LogRecord } from '../../log-record.ts';
import { ColumnMapper } from '../columns.ts';
import type { FileTimes } from '../file-times.ts';
import { levelOfWord } from '../levels.ts';
import { setField } from '../records.ts';
import type { Columns } from '../schemas/access.ts';
import { accessLogParser } from './access-log.ts';
import { CEE_COOKIE, parseJson } from './json-value.ts';
import { readPairs } from './logfmt.ts';

const FILLED = ['source', 'method', 'path', 'status', 'responseTimeMs', 'timestamp'] as const;

/** A pair that makes logfmt of a message: without a level, `user=anna port=22` may be a sentence of any program. */
const LEVEL_PAIR = /(?:^|\s)(?:level|lvl|severity)="?([A-Za-z]{3,16})"?(?=\s|$)/;

/**
 * Returns a function that reads a record's message if it is a JSON object, with or without the mark `@cee:`, logfmt with
 * a level, or a line of an access log: programs and relays write their columns into syslog messages so. The message's
 * own level, service, text and request win; the record's time does, because the relay wrote its zone.
 */
export function jsonPayloadReader(times: FileTimes): (record: LogRecord) => void {
  const mapper = new ColumnMapper(times);
  const accessRecord = accessLogParser(times);
  return (record) => {
    const request = record.message.includes('] "') ? accessRecord(record.message) : null;
    if (request !== null) {
      record.level = request.level;
      fillAll(record, request);
      return;
    }
    const columns = columnsIn(record.message);
    if (columns === null) return;
    const inner = mapper.record(columns, record.message);
    const level = inner.level === 'UNKNOWN' && record.message.startsWith(CEE_COOKIE) ? ceeLevel(columns) : inner.level;
    if (level !== 'UNKNOWN') record.level = level;
    record.message = inner.message;
    record.service = inner.service ?? record.service;
    fillAll(record, inner);
  };
}

/** Adds the request, the time and the fields of the message to the record. */
function fillAll(record: LogRecord, inner: LogRecord): void {
  for (const column of FILLED) fill(record, column, inner);
  for (const [name, value] of Object.entries(inner.fields)) {
    setField(record.fields, Object.hasOwn(record.fields, name) ? `inner_${name}` : name, value);
  }
}

function fill<Column extends (typeof FILLED)[number]>(record: LogRecord, column: Column, inner: LogRecord): void {
  if (column === 'timestamp') {
    if (record.timestamp === null) record.timestamp = inner.timestamp;
    else if (inner.timestamp !== null && inner.timestamp !== record.timestamp) {
      record.fields['inner_timestamp'] = inner.timestamp;
    }
  } else record[column] = inner[column] ?? record[column];
}

/** Returns the level that CEE calls `pri`, which is text. Without the mark `@cee:`, the name says too little. */
function ceeLevel({ pri }: Columns): Level {
  return typeof pri === 'string' ? (levelOfWord(pri) ?? 'UNKNOWN') : 'UNKNOWN';
}

/** Returns the members of a message that is one JSON object, the pairs of one that is logfmt with a level, or null. */
function columnsIn(message: string): Columns | null {
  const isMarked = message.startsWith(CEE_COOKIE);
  if (!isMarked && !(message.startsWith('{') && message.endsWith('}'))) return logfmtIn(message);
  const value = parseJson(isMarked ? message.slice(CEE_COOKIE.length) : message);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Columns) : null;
}

function logfmtIn(message: string): Columns | null {
  const word = LEVEL_PAIR.exec(message)?.[1];
  return word === undefined || levelOfWord(word) === undefined ? null : readPairs(message.trimEnd());
}
