const MAX_DEPTH = 3;

/**
 * Turns the notations of an instant that JSON writers use into one that `TimestampReader` reads: `/Date(ms)/` of
 * Windows PowerShell, `{ "$date": … }` of MongoDB, `{ "seconds": …, "nanos": … }` of Protocol Buffers,
 * `{ "epochSecond": …, "nanoOfSecond": … }` of Log4j and `{ "date": …, "timezone": … }` of PHP. Returns any other value unchanged.
 */
export function instantValue(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') {
    const milliseconds = value.startsWith('/Date(') ? /^\/Date\((\d{12,13})(?:[+-]\d{4})?\)\/$/.exec(value) : null;
    return milliseconds === null ? value : Number(milliseconds[1]);
  }
  if (typeof value !== 'object' || value === null || depth >= MAX_DEPTH) return value;
  const members = value as Record<string, unknown>;
  const inner = members['$date'] ?? members['$numberLong'] ?? members['value'];
  if (inner !== undefined) return instantValue(inner, depth + 1);
  const { date, timezone } = members;
  if (typeof date === 'string' && typeof timezone === 'string') return `${date} ${timezone}`;
  const seconds = members['seconds'] ?? members['epochSecond'];
  const nanoseconds = members['nanos'] ?? members['nanoOfSecond'] ?? 0;
  if (/^\d{9,10}$/.test(String(seconds)) && Number.isInteger(nanoseconds)) {
    return `${seconds}.${String(nanoseconds).padStart(9, '0')}`;
  }
  return value;
}
