import type { LogRecord } from '../../log-record.ts';
import { addressOf, readAddress } from '../address.ts';
import { httpMethod, httpStatus } from '../column-values.ts';
import { durationMs } from '../durations.ts';
import type { FileTimes } from '../file-times.ts';
import { levelOfStatus } from '../levels.ts';
import { MAX_COLUMNS } from '../limits.ts';
import type { RecordFormat } from '../line-format.ts';
import { recordOf, setField } from '../records.ts';
import { setTime, TimestampReader } from '../timestamps.ts';
import { pathOfTarget } from './request-line.ts';

const DIRECTIVE = /^#(Version|Fields|Software|Start-Date|End-Date|Date|Remark|Time Format)(?::[ \t]*(.*))?$/is;
/** A value in quotes, or one that ends at a blank. Proxies quote values with blanks; IIS writes `+` in their place. */
const VALUE = /"((?:[^"]|"")*)"|[^ \t]+/g;

/** What the directives of a file say about the rows below them. */
interface Header {
  readonly software: string;
  /** The day of `#Date:`, for rows with a time only. */
  readonly date: string;
  readonly isLocal: boolean;
  readonly columns: readonly string[];
}

/** The columns that can fill a part of the record, best first. */
const PARTS = {
  source: ['c-ip', 'src-ip', 'client-ip', 'x-client-ip'],
  method: ['cs-method'],
  path: ['cs-uri-stem', 'cs-uri-path', 'cs-uri'],
  status: ['sc-status'],
} as const;

/**
 * The W3C extended log file format (https://www.w3.org/TR/WD-logfile), which IIS, CloudFront, proxies and Windows
 * Firewall write. `#Fields:` names the columns of the rows below it, so a row is known only after it. The parser keeps
 * the last directives: one parser reads a file from its beginning.
 */
export const w3cExtended: RecordFormat = { kind: 'record', name: 'w3c-extended', open: w3cParser };

function w3cParser(times: FileTimes) {
  const timestamps = new TimestampReader(times);
  let header: Header = { software: '', date: '', isLocal: false, columns: [] };
  return {
    parse(line: string): LogRecord | 'header' | null {
      if (line.startsWith('#')) {
        const match = DIRECTIVE.exec(line);
        if (match === null) return null;
        header = withDirective(header, (match[1] ?? '').toLowerCase(), (match[2] ?? '').trim());
        return 'header';
      }
      if (header.columns.length === 0 || line === '') return null;
      const values = valuesOf(line, header.columns.length);
      return values.length === header.columns.length ? recordFrom(line, values, header, timestamps) : null;
    },
  };
}

function withDirective(header: Header, name: string, text: string): Header {
  switch (name) {
    case 'fields': {
      const columns = text.split(/[ \t,]+/, MAX_COLUMNS);
      return { ...header, columns: columns.every((column) => /^[\w()./-]{1,128}$/.test(column)) ? columns : [] };
    }
    case 'software':
      return { ...header, software: text };
    case 'date':
      return { ...header, date: /^\d{4}-\d\d-\d\d/.exec(text)?.[0] ?? '' };
    case 'time format':
      return { ...header, isLocal: /^local$/i.test(text) };
    default:
      return header;
  }
}

/** CloudFront separates values with tabs, Exchange with commas, everything else with blanks. */
function valuesOf(line: string, count: number): string[] {
  if (line.includes('\t')) return line.split('\t', MAX_COLUMNS + 1);
  if (!line.includes(' ') && line.includes(',')) return line.split(',', MAX_COLUMNS + 1);
  // IIS does not quote: a quote is a part of its value.
  const plain = line.split(' ', MAX_COLUMNS + 1);
  if (plain.length === count && plain.some((value) => /^"[^"]*"[^"]/.test(value))) return plain;
  return Array.from(line.matchAll(VALUE), ([text, quoted]) => quoted?.replaceAll('""', '"') ?? text);
}

function recordFrom(line: string, values: readonly string[], header: Header, timestamps: TimestampReader): LogRecord {
  const record = recordOf({ message: line });
  const columns = new Map<string, string>();
  for (const [index, name] of header.columns.entries()) {
    const value = values[index] ?? '';
    if (value !== '-' && value !== '') columns.set(name.toLowerCase(), value);
  }
  takeTime(record, columns, header, timestamps);
  record.source = take(columns, PARTS.source, (value) => readAddress(addressOf(value)));
  record.method = take(columns, PARTS.method, httpMethod);
  record.path = take(columns, PARTS.path, pathOf);
  record.status = take(columns, PARTS.status, httpStatus);
  const unit = unitOfTimeTaken(header);
  if (unit !== null) record.responseTimeMs = take(columns, ['time-taken'], (value) => durationMs(value, unit));
  if (record.status !== null) record.level = levelOfStatus(record.status);
  for (const [name, value] of columns) setField(record.fields, name, fieldOf(name, value));
  return record;
}

function take<Value>(
  columns: Map<string, string>,
  names: readonly string[],
  read: (value: string) => Value | null,
): Value | null {
  for (const name of names) {
    const value = columns.get(name);
    const found = value === undefined ? null : read(value);
    if (found === null) continue;
    columns.delete(name);
    return found;
  }
  return null;
}

/** Times are in UTC unless `#Time Format: Local` says otherwise; then they are in the file's zone. */
function takeTime(record: LogRecord, columns: Map<string, string>, header: Header, timestamps: TimestampReader): void {
  const time = columns.get('time');
  const date = columns.get('date') ?? header.date;
  if (time !== undefined && date !== '') {
    const found = timestamps.columnTime(`${date} ${time}${header.isLocal ? '' : 'Z'}`);
    if (found !== null) {
      columns.delete('date');
      columns.delete('time');
      setTime(record, found);
      return;
    }
  }
  record.timestamp = take(columns, ['date-time', 'timestamp'], (value) => timestamps.column(value));
}

/** Returns the path of a path or a URL, or null. */
function pathOf(value: string): string | null {
  if (value.startsWith('/')) return value;
  const { path, url } = pathOfTarget(value);
  return url === null ? null : path;
}

/**
 * Returns the unit of `time-taken`, or null if it is not known. The draft and CloudFront say seconds, IIS and Blue Coat's
 * proxies milliseconds.
 */
function unitOfTimeTaken({ software, columns }: Header): 's' | 'ms' | null {
  const names = new Set(columns.map((name) => name.toLowerCase()));
  if (names.has('x-edge-location')) return 's';
  if (/Microsoft Internet Information|SGOS/i.test(software) || names.has('sc-win32-status')) return 'ms';
  return null;
}

function fieldOf(name: string, value: string): string | number {
  return /(?:bytes|port|status)$/.test(name) && /^\d{1,15}$/.test(value) ? Number(value) : value;
}
