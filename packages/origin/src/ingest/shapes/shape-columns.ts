import { isIP } from 'node:net';
import type { Level } from '@pilotlight/contracts';
import type { LogRecord } from '../../log-record.ts';
import { addressOf } from '../address.ts';
import { httpMethod, httpStatus, serviceName } from '../column-values.ts';
import { type DurationUnit, durationMs } from '../durations.ts';
import { parseRequestLine, pathOfTarget } from '../formats/request-line.ts';
import { levelOfWord } from '../levels.ts';
import type { TimestampReader } from '../timestamps.ts';

/** What the columns of one file need. */
export interface ColumnContext {
  readonly timestamps: TimestampReader;
  readonly levels: Readonly<Record<string, Level>>;
}

/** Puts a column's value into the record. Returns false if the value does not fit, which changes nothing. */
export type TakeColumn = (record: LogRecord, value: string, context: ColumnContext) => boolean;

/** The columns that have a part in the record. Every other column goes to `fields`. */
export const COLUMN_PARTS: ReadonlyMap<string, TakeColumn> = new Map<string, TakeColumn>([
  ['timestamp', (record, value, { timestamps }) => set(record, 'timestamp', timestamps.column(value))],
  ['level', (record, value, { levels }) => set(record, 'level', ownLevel(levels, value) ?? levelOfWord(value) ?? null)],
  ['service', (record, value) => set(record, 'service', serviceName(value))],
  ['message', (record, value) => set(record, 'message', value)],
  ['source', (record, value) => set(record, 'source', sourceOf(value))],
  ['method', (record, value) => set(record, 'method', httpMethod(value))],
  ['path', (record, value) => set(record, 'path', value)],
  ['request', takeRequest],
  ['status', (record, value) => set(record, 'status', httpStatus(value))],
  ['duration_ns', duration('ns')],
  ['duration_us', duration('us')],
  ['duration_ms', duration('ms')],
  ['duration_s', duration('s')],
  ['duration', (record, value) => set(record, 'responseTimeMs', durationMs(value, undefined))],
]);

/** Returns the level of a spelling that only the shape knows. */
export function ownLevel(levels: Readonly<Record<string, Level>>, value: string): Level | undefined {
  return Object.hasOwn(levels, value) ? levels[value] : undefined;
}

function set<Name extends keyof LogRecord>(record: LogRecord, name: Name, value: LogRecord[Name] | null): boolean {
  if (value === null) return false;
  record[name] = value;
  return true;
}

function duration(unit: DurationUnit): TakeColumn {
  return (record, value) => set(record, 'responseTimeMs', durationMs(value, unit));
}

/** Returns the first address of a list such as X-Forwarded-For, without its port; a host name as it is; else null. */
function sourceOf(value: string): string | null {
  const [first = ''] = value.split(',', 1);
  const address = addressOf(first.trim());
  if (isIP(address) !== 0) return address;
  const host = isIP(first) === 0 ? /^([A-Za-z][\w.-]{0,254})(?::\d{1,5})?$/.exec(first.trim())?.[1] : undefined;
  return host ?? null;
}

/** Reads `GET /path HTTP/1.1`. Of a target in absolute form the path is taken, and the whole is `fields.url`. */
function takeRequest(record: LogRecord, value: string): boolean {
  const request = parseRequestLine(value);
  if (request === null || request.path === '-' || !/^[A-Z]/.test(request.method)) return false;
  const { path, url } = pathOfTarget(request.path);
  record.method = request.method;
  record.path = path;
  if (url !== null) record.fields['url'] = url;
  if (request.protocol !== null) record.fields['protocol'] = request.protocol;
  return true;
}
