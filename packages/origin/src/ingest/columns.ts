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
import { type Layout, SchemaPlans } from './schemas/schema-plans.ts';
import { storableText } from './storable.ts';
import { type FoundTime, setTime, TimestampReader } from './timestamps.ts';

/** Returns the value that a column's text or number means for a role, or null or undefined if it does not fit. */
type ReadValue<Value> = (value: unknown, source: RoleSource) => Value | null | undefined;

/**
 * Turns named columns into a record. The record's schema, else a column's name, decides its role, and only a value that
 * fits the role is taken; the other columns go to `fields` unchanged. Without a message column, the message is the
 * record's raw text.
 */
export class ColumnMapper {
  readonly #timestamps: TimestampReader;
  readonly #plans = new SchemaPlans();
  readonly #instant: ReadValue<FoundTime>;

  constructor(times: FileTimes) {
    this.#timestamps = new TimestampReader(times);
    this.#instant = (value) => this.#timestamps.columnTime(instantValue(value));
  }

  record(columns: Columns, rawText: string): LogRecord {
    const plan = this.#plans.planOf(columns);
    const record = recordOf({ message: rawText });
    const reading = new Reading(plan, columns, this.#plans.layout);
    if (!this.#takeDateAndTime(reading, record)) this.#takeInstant(reading, record);
    record.service = reading.take('service', serviceOf) ?? null;
    const message = reading.take('message', plan.schema?.bytesAsText === true ? textOrBytes : textOf);
    if (message !== undefined) record.message = message;
    takeRequest(reading, record);
    takeLevel(reading, record);
    reading.leaveOthers(record.fields);
    return record;
  }

  #takeInstant(reading: Reading, record: LogRecord): void {
    const found = reading.take('timestamp', this.#instant) ?? this.#secondsAndNanos(reading.columns);
    if (found !== null) setTime(record, found);
  }

  /** Returns the instant of the two columns that the agents of Google Cloud accept in place of one, or null. */
  #secondsAndNanos({ timestampSeconds: seconds, timestampNanos: nanos }: Columns): FoundTime | null {
    if (seconds === undefined || nanos === undefined) return null;
    return this.#timestamps.columnTime(instantValue({ seconds, nanos }));
  }

  /** Adds columns to a record whose time, level, service and message are known. */
  addRequest(columns: Columns, record: LogRecord): void {
    const reading = new Reading(this.#plans.planOf(columns), columns, this.#plans.layout);
    takeRequest(reading, record);
    reading.leaveOthers(record.fields);
  }

  #takeDateAndTime({ plan: { date, time }, columns, taken }: Reading, record: LogRecord): boolean {
    if (date === undefined || time === undefined) return false;
    const found = this.#timestamps.columnTime(`${columns[date.column]} ${columns[time.column]}`);
    if (found === null) return false;
    setTime(record, found);
    taken[date.index] = true;
    taken[time.index] = true;
    return true;
  }
}

/** The columns of one record, and which of them have been taken. */
class Reading {
  readonly plan: RolePlan;
  readonly columns: Columns;
  readonly #layout: Layout;
  /** By the index of the column's name in the plan. */
  readonly taken: boolean[] = [];

  constructor(plan: RolePlan, columns: Columns, layout: Layout) {
    this.plan = plan;
    this.columns = columns;
    this.#layout = layout;
  }

  /** Returns the first value among a role's places that fits, or undefined, and marks its column as taken. */
  take<Value>(role: ColumnRole, read: ReadValue<Value>): Value | undefined {
    const { columns, taken } = this;
    for (const source of this.plan.sources[role]) {
      const isWhole = source.inner.length === 0;
      if (isWhole && taken[source.index] === true) continue;
      const value = read(isWhole ? columns[source.column] : valueAt(source, columns), source);
      if (value === null || value === undefined) continue;
      // A value found inside a column appears twice, because the column stays whole.
      if (isWhole) taken[source.index] = true;
      return value;
    }
    return undefined;
  }

  /** Returns whether the record has none of the columns of level that its schema names. */
  get lacksLevel(): boolean {
    return this.plan.ownLevels.every((place) => valueAt(place, this.columns) === undefined);
  }

  leaveOthers(fields: Record<string, unknown>): void {
    const { names, indexes } = this.#layout;
    for (let at = 0; at < names.length; at++) {
      const name = names[at] ?? '';
      const index = indexes[at] ?? -1;
      if (index === -1 || this.taken[index] !== true) setField(fields, name, this.columns[name]);
    }
  }
}

function takeLevel(reading: Reading, record: LogRecord): void {
  const level = reading.take('level', levelOf);
  const ifAbsent = reading.plan.schema?.levelIfAbsent;
  if (level !== undefined) record.level = level;
  else if (ifAbsent !== undefined && reading.lacksLevel) record.level = ifAbsent;
  else if (record.status !== null) record.level = levelOfStatus(record.status);
}

function takeRequest(reading: Reading, record: LogRecord): void {
  record.source = reading.take('source', address) ?? null;
  record.status = reading.take('status', httpStatus) ?? null;
  record.responseTimeMs = reading.take('responseTime', duration) ?? durationInMessage(reading.plan, record.message);
  record.method = reading.take('method', httpMethod) ?? null;
  const request = reading.take('path', requestOf);
  if (request === undefined) return;
  record.path = request.path;
  record.method ??= request.method;
}

const levelOf: ReadValue<LogRecord['level']> = (value, { scale, levelWords }) =>
  levelOfColumn(value, scale, levelWords);
const serviceOf: ReadValue<string> = (value) => serviceName(value);
const duration: ReadValue<number> = (value, { unit }) => durationMs(value, unit);
const textOf: ReadValue<string> = (value) => (typeof value === 'string' ? value : null);
const textOrBytes: ReadValue<string> = (value) => (typeof value === 'string' ? value : textOfBytes(value));

const address: ReadValue<string> = (value) => {
  if (typeof value !== 'string') return null;
  const found = addressOf(value);
  return isIP(found) === 0 ? null : found;
};

/** Returns the text of a list of bytes, as journalctl writes messages that are not text, or null. */
function textOfBytes(value: unknown): string | null {
  if (!Array.isArray(value) || !value.every((byte) => Number.isInteger(byte) && byte >= 0 && byte <= 255)) return null;
  return storableText(Buffer.from(value).toString('utf8'));
}

function durationInMessage({ schema }: RolePlan, message: string): number | null {
  const match = schema?.durationInMessage?.exec(message);
  return match == null ? null : durationMs(match[1], 'ms');
}
