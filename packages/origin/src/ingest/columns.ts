import { isIP } from 'node:net';
import type { LogRecord } from '../log-record.ts';
import { addressOf } from './address.ts';
import type { ColumnRole } from './column-names.ts';
import { httpMethod, httpStatus, levelOfColumn, requestOf, serviceName } from './column-values.ts';
import { durationMs } from './durations.ts';
import type { FileTimes } from './file-times.ts';
import { instantValue } from './instant-values.ts';
import { levelOfStatus } from './levels.ts';
import { recordOf, setField } from './records.ts';
import { type Columns, valueAt } from './schemas/access.ts';
import type { RolePlan, RoleSource } from './schemas/role-plan.ts';
import { SchemaPlans } from './schemas/schema-plans.ts';
import { storableText } from './storable.ts';
import { setTime, TimestampReader } from './timestamps.ts';

/**
 * Turns named columns into a record. The record's schema, else a column's name, decides its role, and only a value that
 * fits the role is taken; the other columns go to `fields` unchanged. Without a message column, the message is the
 * record's raw text.
 */
export class ColumnMapper {
  readonly #timestamps: TimestampReader;
  readonly #plans = new SchemaPlans();

  constructor(times: FileTimes) {
    this.#timestamps = new TimestampReader(times);
  }

  record(columns: Columns, rawText: string): LogRecord {
    const plan = this.#plans.planOf(columns);
    const record = recordOf({ message: rawText });
    const taken = new Set<string>();
    this.#takeTimestamp(plan, columns, record, taken);
    takeWords(plan, columns, record, taken);
    takeRequest(plan, columns, record, taken);
    takeLevel(plan, columns, record, taken);
    // A value found inside a column appears twice, because the column stays whole.
    for (const name of Object.keys(columns)) if (!taken.has(name)) setField(record.fields, name, columns[name]);
    return record;
  }

  #takeTimestamp(plan: RolePlan, columns: Columns, record: LogRecord, taken: Set<string>): void {
    const { date, time } = plan;
    if (date !== undefined && time !== undefined) {
      const found = this.#timestamps.columnTime(`${columns[date]} ${columns[time]}`);
      if (found !== null) {
        setTime(record, found);
        taken.add(date).add(time);
        return;
      }
    }
    const read = (value: unknown) => this.#timestamps.columnTime(instantValue(value));
    const found = take(plan, 'timestamp', columns, taken, read);
    if (found !== undefined) setTime(record, found);
  }
}

/** Returns the first value among a role's places that fits, or undefined, and marks its column as taken. */
function take<Value>(
  plan: RolePlan,
  role: ColumnRole,
  columns: Columns,
  taken: Set<string>,
  read: (value: unknown, source: RoleSource) => Value | null | undefined,
): Value | undefined {
  for (const source of plan.sources[role]) {
    const isWhole = source.inner.length === 0;
    if (isWhole && taken.has(source.column)) continue;
    const value = read(isWhole ? columns[source.column] : valueAt(source, columns), source);
    if (value === null || value === undefined) continue;
    if (isWhole) taken.add(source.column);
    return value;
  }
  return undefined;
}

function takeLevel(plan: RolePlan, columns: Columns, record: LogRecord, taken: Set<string>): void {
  const level = take(plan, 'level', columns, taken, (value, { scale, levelWords }) =>
    levelOfColumn(value, scale, levelWords),
  );
  const ifAbsent = plan.schema?.levelIfAbsent;
  if (level !== undefined) record.level = level;
  else if (ifAbsent !== undefined && plan.ownLevels.every((place) => valueAt(place, columns) === undefined)) {
    record.level = ifAbsent;
  } else if (record.status !== null) record.level = levelOfStatus(record.status);
}

function takeWords(plan: RolePlan, columns: Columns, record: LogRecord, taken: Set<string>): void {
  record.service = take(plan, 'service', columns, taken, serviceName) ?? null;
  const isBytes = plan.schema?.bytesAsText === true;
  const text = (value: unknown) => (typeof value === 'string' ? value : isBytes ? textOfBytes(value) : null);
  const message = take(plan, 'message', columns, taken, text);
  if (message !== undefined) record.message = message;
}

function takeRequest(plan: RolePlan, columns: Columns, record: LogRecord, taken: Set<string>): void {
  const address = (value: unknown) =>
    typeof value === 'string' && isIP(addressOf(value)) !== 0 ? addressOf(value) : null;
  record.source = take(plan, 'source', columns, taken, address) ?? null;
  record.status = take(plan, 'status', columns, taken, httpStatus) ?? null;
  record.responseTimeMs =
    take(plan, 'responseTime', columns, taken, (value, { unit }) => durationMs(value, unit)) ??
    durationInMessage(plan, record.message);
  record.method = take(plan, 'method', columns, taken, httpMethod) ?? null;
  const request = take(plan, 'path', columns, taken, requestOf);
  record.path = request?.path ?? null;
  record.method ??= request?.method ?? null;
}

/** Returns the text of a list of bytes, as journalctl writes messages that are not text, or null. */
function textOfBytes(value: unknown): string | null {
  if (!Array.isArray(value) || !value.every((byte) => Number.isInteger(byte) && byte >= 0 && byte <= 255)) return null;
  return storableText(Buffer.from(value).toString('utf8'));
}

function durationInMessage({ schema }: RolePlan, message: string): number | null {
  const match = schema?.durationInMessage?.exec(message);
  return match == null ? null : durationMs(match[1], 'ms');
}
