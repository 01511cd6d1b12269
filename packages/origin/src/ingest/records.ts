import type { LogRecord } from '../log-record.ts';

const UNTOLD = {
  line: 0,
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

/** A record of what is known; `line` is given when it joins its file. */
export function recordOf(known: Partial<Omit<LogRecord, 'line'>>): LogRecord {
  return { ...UNTOLD, fields: {}, ...known };
}

/** Sets a field under any name: `__proto__` is a name like any other. */
export function setField(fields: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__') {
    Object.defineProperty(fields, name, { value, enumerable: true, configurable: true, writable: true });
  } else {
    fields[name] = value;
  }
}
