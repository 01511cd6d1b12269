import type { LogRecord } from '../../log-record.ts';
import { addressInMessage } from '../address.ts';
import type { FileTimes } from '../file-times.ts';
import type { LineParser } from '../format-reader.ts';
import { levelOfWord } from '../levels.ts';
import { recordOf } from '../records.ts';
import { setTime, TimestampReader } from '../timestamps.ts';
import { jsonPayloadReader } from './json-payload.ts';
import { priorityOf, spokenLevel } from './syslog-priority.ts';

/** `Mmm dd hh:mm:ss`, or the ISO 8601 time with a T that rsyslog and others write instead. */
const TIME = /[A-Z][a-z]{2} |\d{4}-\d\d-\d\dT/y;
const HOST = /^[\w.:%-]+$/;
/** Host, then `tag[pid]: message`. The tag may contain words (`syslogd 1.4.1`) and be followed by brackets. */
const AFTER_TIME = / (\S{1,255}) (.*)$/y;
const TAG = /^([^\s:[(<>"'][^:[<>"']{0,63}?)(?:\[(\d{1,10})\])?(?: (\([^)]{0,255}\)))?: ?/;

/**
 * Parses syslog of RFC 3164 with an inferred year, and the same format with an ISO 8601 time. A line without `<PRI>`
 * has no severity, so its level is UNKNOWN unless the message begins with a level (`error: …`, `[warn] …`).
 */
export function syslogRfc3164Parser(times: FileTimes): LineParser {
  const timestamps = new TimestampReader(times);
  const readPayload = jsonPayloadReader(times);
  return (line) => {
    const head = priorityOf(line);
    if (head === null) return null;
    TIME.lastIndex = head.end;
    const time = TIME.test(line) ? timestamps.prefix(line, head.end) : null;
    if (time === null) return null;
    const from = line[time.end] === ':' ? time.end + 1 : time.end;
    AFTER_TIME.lastIndex = from;
    const match = AFTER_TIME.exec(line);
    if (match === null) return null;
    const [, host = '', rest = ''] = match;
    if (!HOST.test(host) || levelOfWord(host) !== undefined) return null;
    const tag = TAG.exec(rest);
    // Other formats begin with such a time too; only a tag makes the line syslog.
    if (tag === null && head.priority === undefined && !/^[A-Z]/.test(line)) return null;
    const message = tag === null ? rest : rest.slice(tag[0].length);
    const record = recordOf({ message, level: head.priority?.level ?? spokenLevel(message) });
    setTime(record, time);
    record.source = addressInMessage(message);
    record.fields['host'] = host;
    if (tag !== null) setTag(record, tag);
    if (head.priority !== undefined) record.fields['facility'] = head.priority.facility;
    readPayload(record);
    return record;
  };
}

function setTag(record: LogRecord, [, name, pid, context]: RegExpExecArray): void {
  if (name !== undefined) record.service = name;
  if (pid !== undefined) record.fields['pid'] = Number(pid);
  if (context !== undefined) record.fields['context'] = context;
}
