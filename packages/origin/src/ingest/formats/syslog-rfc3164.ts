import type { LogRecord } from '../../log-record.ts';
import { levelOfWord } from '../levels.ts';
import type { LineParser } from '../line-parser.ts';
import { recordOf } from '../records.ts';
import { TimestampReader } from '../timestamps.ts';
import type { YearInference } from '../year-inference.ts';
import { addressInMessage } from './message-address.ts';
import { priorityOf, spokenLevel } from './syslog-priority.ts';

/** `Mmm dd hh:mm:ss`, or the ISO 8601 time with a T that rsyslog and others write in its place. */
const TIME = /[A-Z][a-z]{2} |\d{4}-\d\d-\d\dT/y;
const HOST = /^[\w.:%-]+$/;
/** Host, then `tag[pid]: message`; the tag may have words (`syslogd 1.4.1`) and something in brackets after it. */
const AFTER_TIME = / (\S{1,255}) (.*)$/y;
const TAG = /^([^\s:[(<>"'][^:[<>"']{0,63}?)(?:\[(\d{1,10})\])?(?: (\([^)]{0,255}\)))?: ?/;

/**
 * Syslog of RFC 3164, with its year inferred, and the same with an ISO 8601 time. Without `<PRI>` the line has no
 * severity, so the level is UNKNOWN unless the message begins with one (`error: …`, `[warn] …`).
 */
export function syslogRfc3164Parser(years: YearInference): LineParser {
  const timestamps = new TimestampReader(years);
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
    // Other formats begin with such a time too: only a tag makes the line syslog.
    if (tag === null && head.priority === undefined && !/^[A-Z]/.test(line)) return null;
    const message = tag === null ? rest : rest.slice(tag[0].length);
    const record = recordOf({ timestamp: time.iso, message, level: head.priority?.level ?? spokenLevel(message) });
    record.source = addressInMessage(message);
    record.fields['host'] = host;
    if (tag !== null) setTag(record, tag);
    if (head.priority !== undefined) record.fields['facility'] = head.priority.facility;
    return record;
  };
}

function setTag(record: LogRecord, [, name, pid, context]: RegExpExecArray): void {
  if (name !== undefined) record.service = name;
  if (pid !== undefined) record.fields['pid'] = Number(pid);
  if (context !== undefined) record.fields['context'] = context;
}
