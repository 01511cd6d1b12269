import type { PoolClient } from 'pg';
import { storableText } from '../../../ingest/storable.ts';
import type { FileRollUp, Group } from './file-roll-up.ts';

const ROWS_PER_STATEMENT = 10_000;

/** The tables that hold the counts of files. */
export const ROLL_UP_TABLES = [
  'file_roll_ups',
  'file_groups',
  'file_buckets',
  'file_sources',
  'file_times',
  'file_common_words',
] as const;

/** Statements that remove the counts of a file; `file` is an SQL expression of its id. */
export function removeRollUp(file: string): string {
  return ROLL_UP_TABLES.map((table) => `DELETE FROM ${table} WHERE file_id = ${file}`).join('; ');
}

/** Columns of a table and their types, without the id of the file. */
type Columns = Readonly<Record<string, string>>;

const FILE_COLUMNS: Columns = {
  bucket_ms: 'bigint',
  lines: 'integer',
  dated: 'integer',
  first_timestamp: 'timestamptz',
  last_timestamp: 'timestamptz',
  sourced: 'integer',
  timed: 'integer',
  sources_error: 'integer',
};
const TIME_COLUMNS: Columns = { timed: 'integer', time_sum: 'float8', bins: 'integer[]', bin_counts: 'integer[]' };
const GROUP_COLUMNS: Columns = {
  service: 'text',
  level: 'smallint',
  lines: 'integer',
  dated: 'integer',
  first_timestamp: 'timestamptz',
  last_timestamp: 'timestamptz',
  sourced: 'integer',
  ...TIME_COLUMNS,
};
const BUCKET_COLUMNS: Columns = {
  bucket: 'timestamptz',
  service: 'text',
  level: 'smallint',
  lines: 'integer',
  first_timestamp: 'timestamptz',
  last_timestamp: 'timestamptz',
};
const SOURCE_COLUMNS: Columns = { source: 'text', lines: 'integer' };

/** Stores the counts of a file, in the transaction of `client`. */
export async function storeRollUp(client: PoolClient, fileId: string, rollUp: FileRollUp): Promise<void> {
  rollUp.end();
  const { groups, topSources, widthMs } = rollUp;
  const insert = async (
    table: (typeof ROLL_UP_TABLES)[number],
    columns: Columns,
    rows: readonly object[],
  ): Promise<void> => {
    const names = Object.keys(columns).join(', ');
    const typed = Object.entries(columns).map(([name, type]) => `${name} ${type}`);
    for (let at = 0; at < rows.length; at += ROWS_PER_STATEMENT) {
      await client.query(
        `INSERT INTO ${table} (file_id, ${names})
         SELECT $1::uuid, ${names} FROM json_to_recordset($2::json) AS counted (${typed.join(', ')})`,
        [fileId, JSON.stringify(rows.slice(at, at + ROWS_PER_STATEMENT))],
      );
    }
  };
  const totals = { ...totalsOf(groups), bucket_ms: widthMs, sources_error: widthMs === null ? 0 : topSources.error };
  await insert('file_roll_ups', FILE_COLUMNS, [totals]);
  if (widthMs === null) return;
  await insert('file_groups', GROUP_COLUMNS, groups.map(toGroupRow));
  await insert('file_times', TIME_COLUMNS, [toTimeRow(sumOfTimes(groups))]);
  await insert('file_buckets', BUCKET_COLUMNS, groups.flatMap(toBucketRows));
  await insert('file_sources', SOURCE_COLUMNS, topSources.texts.map(toSourceRow));
}

function totalsOf(groups: readonly Group[]) {
  const sum = (of: (group: Group) => number): number => groups.reduce((total, group) => total + of(group), 0);
  return {
    lines: sum((group) => group.lines),
    dated: sum((group) => group.dated),
    first_timestamp: instantOf(Math.min(...groups.map((group) => group.firstMs))),
    last_timestamp: instantOf(Math.max(...groups.map((group) => group.lastMs))),
    sourced: sum((group) => group.sourced),
    timed: sum((group) => group.timed),
  };
}

function toGroupRow(group: Group) {
  const { service, level, lines, dated, firstMs, lastMs, sourced } = group;
  return {
    service: service === null ? null : storableText(service),
    level,
    lines,
    dated,
    first_timestamp: instantOf(firstMs),
    last_timestamp: instantOf(lastMs),
    sourced,
    ...toTimeRow(group),
  };
}

type Times = Pick<Group, 'timed' | 'timeSum' | 'bins'>;

function sumOfTimes(groups: readonly Group[]): Times {
  const all = { timed: 0, timeSum: 0, bins: new Map<number, number>() };
  for (const { timed, timeSum, bins } of groups) {
    all.timed += timed;
    all.timeSum += timeSum;
    for (const [bin, count] of bins) all.bins.set(bin, (all.bins.get(bin) ?? 0) + count);
  }
  return all;
}

function toTimeRow({ timed, timeSum, bins }: Times) {
  return {
    timed,
    // JSON has no infinite numbers; Postgres reads them from text.
    time_sum: String(timeSum),
    bins: [...bins.keys()],
    bin_counts: [...bins.values()],
  };
}

function toBucketRows({ service, level, cells }: Group) {
  return [...cells].map(([start, { lines, firstMs, lastMs }]) => ({
    bucket: instantOf(start),
    service: service === null ? null : storableText(service),
    level,
    lines,
    first_timestamp: instantOf(firstMs),
    last_timestamp: instantOf(lastMs),
  }));
}

function toSourceRow({ text, lines }: { text: string; lines: number }) {
  return { source: storableText(text), lines };
}

/** Returns an instant as text, or null for the infinite one of no records. */
function instantOf(ms: number): string | null {
  return Number.isFinite(ms) ? new Date(ms).toISOString() : null;
}
