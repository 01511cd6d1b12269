import type { LogRecord } from '../log-record.ts';

const EMPTY_RECORD = {
  line: 0,
  lineEnd: 0,
  timestamp: null,
  level: 'UNKNOWN',
  service: null,
  message: '',
  source: null,
  method: null,
  path: null,
  status: null,
  responseTimeMs: null,
} as const satisfies Omit<LogRecord, 'fields'>;

/** Builds a record from the known columns. Its lines are set when the record joins its file. */
export function recordOf(known: Partial<Omit<LogRecord, 'line' | 'lineEnd'>>): LogRecord {
  return { ...EMPTY_RECORD, fields: {}, ...known };
}

/** Sets a field under any name, including `__proto__`. */
export function setField(fields: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__') {
    Object.defineProperty(fields, name, { value, enumerable: true, configurable: true, writable: true });
  } else {
    fields[name] = value;
  }
}
