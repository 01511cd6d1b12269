import { isIP } from 'node:net';
import type { LogRecord } from '../../log-record.ts';
import type { FileTimes } from '../file-times.ts';
import type { LineParser } from '../format-reader.ts';
import { recordOf, setField } from '../records.ts';
import { TimestampReader } from '../timestamps.ts';

/** `type=SYSCALL msg=audit(1772359200.123:24287): `, after the node if audisp writes one; ausearch -i writes a date. */
const BEGINNING = /^(?:node=(\S{1,255}) )?type=([\w[\]]{1,64}) msg=audit\(([^()]{8,40}):(\d{1,20})\) ?:(?: |$)/;
/** Quoted values hold no quote; the kernel writes such values as hexadecimal digits. */
const PAIR = /[\s,]{0,8}([^\s=]{1,255})=(?:"([^"]*)"|'([^']*)'|(\S*))/y;
const ABSENT = new Set(['?', '(null)', '(none)', '']);

/**
 * Parses a line of the Linux audit daemon. The message is the line; its pairs are fields, those of a quoted `msg` too.
 *
 * @see https://github.com/linux-audit/audit-documentation/wiki/SPEC-Audit-Event-Parsing
 */
export function auditdParser(times: FileTimes): LineParser {
  const timestamps = new TimestampReader(times);
  return (line) => {
    const match = BEGINNING.exec(line);
    if (match === null) return null;
    const [beginning, node, type, time, id] = match;
    const timestamp = timestamps.column(time);
    if (timestamp === null) return null;
    const record = recordOf({ timestamp, message: line });
    if (node !== undefined) record.fields['node'] = node;
    record.fields['type'] = type;
    record.fields['audit_id'] = id;
    // auditd writes the names of numbers after this separator.
    addPairs(line.slice(beginning.length).replaceAll('\u001d', ' '), record);
    return record;
  };
}

function addPairs(text: string, record: LogRecord): void {
  PAIR.lastIndex = 0;
  const nested: string[] = [];
  for (let match = PAIR.exec(text); match !== null; match = PAIR.exec(text)) {
    const [, name = '', quoted, inner, plain] = match;
    if (inner !== undefined && name === 'msg') nested.push(inner);
    else setPair(name, quoted ?? inner ?? plain ?? '', record);
  }
  // A quoted `msg` of user space holds pairs too, and quotes of the other kind.
  for (const inner of nested) addPairs(inner.replaceAll("'", ''), record);
}

function setPair(name: string, value: string, record: LogRecord): void {
  if (ABSENT.has(value)) return;
  if (name === 'addr' && record.source === null && isIP(value) !== 0) record.source = value;
  setField(record.fields, name, value);
}
