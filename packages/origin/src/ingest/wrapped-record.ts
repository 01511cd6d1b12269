import type { LogRecord } from '../log-record.ts';
import { setField } from './records.ts';

/** Columns of the payload that win over the wrapper's. */
const INNER_FIRST = ['service', 'source', 'method', 'path', 'status', 'responseTimeMs'] as const;

/**
 * Joins the columns of a wrapper and of its payload. The wrapper's time wins, because a container runtime writes it with
 * a zone; of the other columns the payload's win. The value that loses stays in `fields`, as `inner_timestamp` or
 * `outer_…`.
 */
export function withOuter(outer: LogRecord, inner: LogRecord): LogRecord {
  const fields: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(outer.fields)) {
    setField(fields, Object.hasOwn(inner.fields, name) ? `outer_${name}` : name, value);
  }
  for (const [name, value] of Object.entries(inner.fields)) setField(fields, name, value);
  const joined: LogRecord = { ...inner, fields };
  if (outer.timestamp !== null) {
    joined.timestamp = outer.timestamp;
    if (inner.timestamp !== null && inner.timestamp !== outer.timestamp) fields['inner_timestamp'] = inner.timestamp;
  }
  if (inner.level === 'UNKNOWN') joined.level = outer.level;
  else if (outer.level !== 'UNKNOWN' && outer.level !== inner.level) fields['outer_level'] = outer.level;
  for (const column of INNER_FIRST) join(joined, column, outer[column], inner[column]);
  return joined;
}

function join<Column extends (typeof INNER_FIRST)[number]>(
  joined: LogRecord,
  column: Column,
  outer: LogRecord[Column],
  inner: LogRecord[Column],
): void {
  if (inner === null) joined[column] = outer;
  else if (outer !== null && outer !== inner) joined.fields[`outer_${column}`] = outer;
}
