import { isIP } from 'node:net';
import type { LogRecord } from '../log-record.ts';
import { addressOf } from './address.ts';
import { aliasesOf, type ColumnPlan, type ColumnRole } from './column-names.ts';
import { durationMs, httpMethod, httpStatus, levelOfColumn, requestOf, serviceName } from './column-values.ts';
import type { FileTimes } from './file-times.ts';
import { levelOfStatus } from './levels.ts';
import { type Columns, withNested } from './nested-columns.ts';
import { recordOf, setField } from './records.ts';
import { TimestampReader } from './timestamps.ts';

/** Number of column-name sets whose plan is cached. A hostile file can have a new set in each record. */
const REMEMBERED_PLANS = 500;
/**
 * Longest set of names that is cached, in characters. The names of a 64 KiB record can take 800 KB; 500 of them would
 * take more memory than the rest of the process.
 */
const REMEMBERED_NAMES_CHARACTERS = 10_000;

/**
 * Turns named columns into a record. A column's name decides its role, and only a value that fits the role is taken;
 * the other columns go to `fields` unchanged. Without a message column, the message is the record's raw text.
 */
export class ColumnMapper {
  readonly #timestamps: TimestampReader;
  readonly #plans = new Map<string, ColumnPlan>();

  constructor(times: FileTimes) {
    this.#timestamps = new TimestampReader(times);
  }

  record(columns: Columns, rawText: string): LogRecord {
    const all = withNested(columns);
    const plan = this.#planOf(Object.keys(all));
    const record = recordOf({ message: rawText });
    const taken = new Set<string>();
    this.#takeTimestamp(plan, all, record, taken);
    const hasLevel = takeWords(plan, all, record, taken);
    takeRequest(plan, all, record, taken);
    if (!hasLevel && record.status !== null) record.level = levelOfStatus(record.status);
    // A value found inside a column appears twice, because the column stays whole.
    for (const name of Object.keys(columns)) if (!taken.has(name)) setField(record.fields, name, columns[name]);
    return record;
  }

  #planOf(names: readonly string[]): ColumnPlan {
    const key = names.join('\n');
    const known = this.#plans.get(key);
    if (known !== undefined) return known;
    const plan = aliasesOf(names);
    if (key.length > REMEMBERED_NAMES_CHARACTERS) return plan;
    if (this.#plans.size >= REMEMBERED_PLANS) this.#plans.clear();
    this.#plans.set(key, plan);
    return plan;
  }

  #takeTimestamp(plan: ColumnPlan, columns: Columns, record: LogRecord, taken: Set<string>): void {
    const { date, time } = plan;
    if (date !== undefined && time !== undefined) {
      record.timestamp = this.#timestamps.column(`${columns[date]} ${columns[time]}`);
      if (record.timestamp !== null) {
        taken.add(date).add(time);
        return;
      }
    }
    record.timestamp = take(plan, 'timestamp', columns, taken, (value) => this.#timestamps.column(value)) ?? null;
  }
}

/** Returns the first value among a role's columns that fits, or undefined, and marks its column as taken. */
function take<Value>(
  plan: ColumnPlan,
  role: ColumnRole,
  columns: Columns,
  taken: Set<string>,
  read: (value: unknown, name: string) => Value | null | undefined,
): Value | undefined {
  for (const name of plan[role]) {
    if (taken.has(name)) continue;
    const value = read(columns[name], name);
    if (value === null || value === undefined) continue;
    taken.add(name);
    return value;
  }
  return undefined;
}

/** Sets level, service and message. Returns whether the record has a level. */
function takeWords(plan: ColumnPlan, columns: Columns, record: LogRecord, taken: Set<string>): boolean {
  const level = take(plan, 'level', columns, taken, levelOfColumn);
  if (level !== undefined) record.level = level;
  record.service = take(plan, 'service', columns, taken, serviceName) ?? null;
  const message = take(plan, 'message', columns, taken, (value) => (typeof value === 'string' ? value : null));
  if (message !== undefined) record.message = message;
  return level !== undefined;
}

function takeRequest(plan: ColumnPlan, columns: Columns, record: LogRecord, taken: Set<string>): void {
  const address = (value: unknown) =>
    typeof value === 'string' && isIP(addressOf(value)) !== 0 ? addressOf(value) : null;
  record.source = take(plan, 'source', columns, taken, address) ?? null;
  record.status = take(plan, 'status', columns, taken, httpStatus) ?? null;
  record.responseTimeMs = take(plan, 'responseTime', columns, taken, durationMs) ?? null;
  record.method = take(plan, 'method', columns, taken, httpMethod) ?? null;
  const request = take(plan, 'path', columns, taken, requestOf);
  record.path = request?.path ?? null;
  record.method ??= request?.method ?? null;
}
