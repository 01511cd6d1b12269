import type { LogRecord } from '../../log-record.ts';
import { ColumnMapper } from '../columns.ts';
import type { LineParser } from '../line-parser.ts';
import { recordOf } from '../records.ts';
import { storableText, storableValue, traitOf } from '../storable.ts';
import type { YearInference } from '../year-inference.ts';

/**
 * Reads one JSON text as a record. An object's members are its columns; any other value is a record whose message is
 * its text. Null when it is not valid JSON, or nested deeper than stores take.
 *
 * Integers beyond 2^53 and numbers beyond the doubles stay exact: they become strings of their digits.
 */
export function jsonValueParser(years: YearInference): LineParser {
  const mapper = new ColumnMapper(years);
  return (text) => {
    const value = parseJson(text);
    if (value === undefined) return null;
    return recordOfValue(value, text, mapper);
  };
}

/** The value with storable strings; undefined when there is none. */
function parseJson(text: string): unknown {
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
  // Text decoded from UTF-8 is well-formed, and JSON has no bare NUL: only an escape can make an unstorable string.
  return text.includes('\\u') ? storableValue(value) : value;
}

function keepExact(_name: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || context?.source === undefined) return value;
  if (Math.abs(value) <= Number.MAX_SAFE_INTEGER) return value;
  // 1e22 is what its writer rounded to; digits written out are meant to be kept.
  return Number.isFinite(value) && !/^-?\d+$/.test(context.source) ? value : context.source;
}

function recordOfValue(value: unknown, text: string, mapper: ColumnMapper): LogRecord {
  if (typeof value === 'string') return recordOf({ message: value });
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? mapper.record(value as Record<string, unknown>, text) : recordOf({ message: storableText(text) });
}
