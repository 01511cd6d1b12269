import { isIP } from 'node:net';
import type { LogRecord } from '../../log-record.ts';
import type { FileTimes } from '../file-times.ts';
import type { RecordFormat, RecordParser } from '../line-format.ts';
import { recordOf, setField } from '../records.ts';
import { TimestampReader } from '../timestamps.ts';

/** Fields with a part in the record, or with the name that the default format gives them. */
const NAMES: Readonly<Record<string, string>> = {
  'account-id': 'account',
  'interface-id': 'interface',
  srcaddr: 'source',
  dstaddr: 'destination',
  srcport: 'source_port',
  dstport: 'destination_port',
  start: 'timestamp',
};
const OTHERS =
  'version protocol packets bytes end action log-status vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr ' +
  'pkt-dstaddr region az-id sublocation-type sublocation-id pkt-src-aws-service pkt-dst-aws-service flow-direction ' +
  'traffic-path ecs-cluster-arn ecs-cluster-name ecs-container-instance-arn ecs-container-instance-id ' +
  'ecs-container-id ecs-second-container-id ecs-service-name ecs-task-definition-arn ecs-task-arn ecs-task-id ' +
  'reject-reason resource-id encryption-status';
const FIELDS = new Set([...Object.keys(NAMES), ...OTHERS.split(' ')]);
/** Numbers of the flow; every other field is text, although an account is digits. */
const NUMBERS = new Set('version protocol packets bytes tcp-flags srcport dstport traffic-path'.split(' '));
const ADDRESSES = new Set(['srcaddr', 'dstaddr', 'pkt-srcaddr', 'pkt-dstaddr']);
const TIMES = new Set(['start', 'end']);
/** A header names at least this many fields, so that no sentence is one. */
const MIN_FIELDS = 3;

/**
 * VPC flow logs of Amazon whose first line names the fields: files in S3 have it, with the fields that the flow log was
 * created with. A row is known only after it, and only if its addresses and times are some.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
 */
export const vpcFlowFields: RecordFormat = { kind: 'record', name: 'aws-vpc-flow-fields', open: flowParser };

function flowParser(times: FileTimes): RecordParser {
  const timestamps = new TimestampReader(times);
  let header: readonly string[] = [];
  return {
    parse(line) {
      const names = headerOf(line);
      if (names !== null) {
        header = names;
        return 'header';
      }
      if (header.length === 0) return null;
      const values = line.split(' ', FIELDS.size + 1);
      return isRow(header, values) ? recordFrom(line, header, values, timestamps) : null;
    },
  };
}

function headerOf(line: string): string[] | null {
  if (!/^[a-z]/.test(line)) return null;
  const names = line.split(' ', FIELDS.size + 1);
  const isHeader =
    names.length >= MIN_FIELDS &&
    names.every((name) => FIELDS.has(name)) &&
    names.some((name) => ADDRESSES.has(name) || TIMES.has(name)) &&
    new Set(names).size === names.length;
  return isHeader ? names : null;
}

function isRow(header: readonly string[], values: readonly string[]): boolean {
  return values.length === header.length && header.every((name, index) => fits(name, values[index] ?? ''));
}

function fits(name: string, value: string): boolean {
  if (value === '-') return true;
  if (ADDRESSES.has(name)) return isIP(value) !== 0;
  if (TIMES.has(name)) return /^\d{10}$/.test(value);
  return NUMBERS.has(name) ? /^\d{1,15}$/.test(value) : value !== '';
}

function recordFrom(
  line: string,
  header: readonly string[],
  values: readonly string[],
  timestamps: TimestampReader,
): LogRecord {
  const record = recordOf({ message: line });
  for (const [index, field] of header.entries()) {
    const value = values[index] ?? '-';
    if (value === '-') continue;
    const name = NAMES[field] ?? field.replaceAll('-', '_');
    if (name === 'timestamp') record.timestamp = timestamps.column(value);
    else if (name === 'source') record.source = value;
    else setField(record.fields, name, NUMBERS.has(field) ? Number(value) : value);
  }
  return record;
}
