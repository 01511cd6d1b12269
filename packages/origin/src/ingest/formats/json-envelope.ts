import { ColumnMapper } from '../columns.ts';
import type { FileTimes } from '../file-times.ts';
import type { BatchFormat, BatchParser } from '../line-format.ts';
import type { Columns } from '../schemas/access.ts';
import { parseJson } from './json-value.ts';

/** Azure Monitor writes `{"records":[…]}`, CloudTrail `{"Records":[…]}`. */
const BEGINNING = /^[ \t]{0,80}\{[ \t]{0,80}"[Rr]ecords"[ \t]{0,80}:[ \t]{0,80}\[[ \t]{0,80}\{/;

/**
 * Several records on one line of JSON, in an object that has nothing else.
 *
 * @see https://learn.microsoft.com/en-us/azure/azure-monitor/platform/resource-logs-blob-format
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html
 */
export const jsonEnvelope: BatchFormat = {
  kind: 'batch',
  name: 'json-envelope',
  rejectsNul: true,
  lines: '[ \\t]{0,80}\\{[ \\t]{0,80}"[Rr]ecords".*',
  open: envelopeParser,
};

function envelopeParser(times: FileTimes): BatchParser {
  const mapper = new ColumnMapper(times);
  return (line) => {
    const records = BEGINNING.test(line) ? recordsIn(parseJson(line)) : null;
    return records?.map((columns) => mapper.record(columns, JSON.stringify(columns))) ?? null;
  };
}

function recordsIn(value: unknown): readonly Columns[] | null {
  const [records, ...others] = typeof value === 'object' && value !== null ? Object.values(value) : [];
  if (others.length > 0 || !Array.isArray(records)) return null;
  return records.every(isObject) ? records : null;
}

function isObject(value: unknown): value is Columns {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
