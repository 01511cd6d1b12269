import type { LogRecord } from '../../log-record.ts';
import { ColumnMapper } from '../columns.ts';
import type { FileTimes } from '../file-times.ts';
import type { LineParser } from '../format-reader.ts';
import type { BatchParser } from '../line-format.ts';
import { recordOf } from '../records.ts';
import { otlpRecords } from '../schemas/otlp.ts';
import { storableText, storableValue, traitOf } from '../storable.ts';

/** Mark of JSON in syslog messages (Common Event Expression). */
export const CEE_COOKIE = '@cee:';

/**
 * Parses one JSON text as a record, with or without the mark `@cee:`. The members of an object become columns; any other value becomes a record with its
 * text as the message. Returns null for invalid JSON and for values nested deeper than stores accept.
 *
 * Integers beyond 2^53 and numbers beyond the range of a double stay exact: they become strings of their digits.
 */
export function jsonValueParser(times: FileTimes): LineParser {
  const mapper = new ColumnMapper(times);
  return (text) => {
    const value = parseJson(text.startsWith(CEE_COOKIE) ? text.slice(CEE_COOKIE.length) : text);
    if (value === undefined) return null;
    return recordOfValue(value, text, mapper);
  };
}

/**
 * Parses one value of a JSON document. The value is a record, or an element of an OTLP export with any number of them.
 */
export function jsonRecordsParser(times: FileTimes): BatchParser {
  const mapper = new ColumnMapper(times);
  return (text) => {
    const value = parseJson(text);
    if (value === undefined) return null;
    return otlpRecords(value, text.length, mapper) ?? [recordOfValue(value, text, mapper)];
  };
}

/** Parses JSON and makes its strings storable. Returns undefined for invalid JSON. */
export function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
    const trait = traitOf(value);
    if (trait === 'deep') return undefined;
    if (trait === 'inexact') value = JSON.parse(text, keepExact);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  // Text decoded from UTF-8 is well-formed, and JSON forbids a bare NUL, so only an escape can make an unstorable
  // string.
  return text.includes('\\u') ? storableValue(value) : value;
}

function keepExact(_name: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || context?.source === undefined) return value;
  if (Math.abs(value) <= Number.MAX_SAFE_INTEGER) return value;
  // The writer of 1e22 has already rounded it; digits that are written out must be kept.
  return Number.isFinite(value) && !/^-?\d+$/.test(context.source) ? value : context.source;
}

function recordOfValue(value: unknown, text: string, mapper: ColumnMapper): LogRecord {
  if (typeof value === 'string') return recordOf({ message: value });
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? mapper.record(value as Record<string, unknown>, text) : recordOf({ message: storableText(text) });
}
