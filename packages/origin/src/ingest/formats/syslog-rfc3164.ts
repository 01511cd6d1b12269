import type { LogRecord } from '../../log-record.ts';
import { addressInMessage } from '../address.ts';
import type { FileTimes } from '../file-times.ts';
import type { LineParser } from '../format-reader.ts';
import { levelOfWord } from '../levels.ts';
import { recordOf } from '../records.ts';
import { setTime, TimestampReader } from '../timestamps.ts';
import { jsonPayloadReader } from './json-payload.ts';
import { CEE_COOKIE } from './json-value.ts';
import { priorityOf, spokenLevel } from './syslog-priority.ts';

/** `Mmm dd hh:mm:ss`, or the ISO 8601 time with a T that rsyslog and others write instead. */
const TIME = /[A-Z][a-z]{2} |\d{4}-\d\d-\d\dT/y;
const HOST = /^[\w.:%-]+$/;
/** Host, then `tag[pid]: message`. The tag may contain words (`syslogd 1.4.1`) and be followed by brackets. */
const AFTER_TIME = / (\S{1,255}) (.*)$/y;
/** A tag in place of the host, as syslog(3) writes it to the local socket: `shop[42]: …`, `shop: …` */
const LOCAL_TAG = /^([A-Za-z_%/][\w.%/-]{0,63})(?:\[\d{1,10}\])?:$/;
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
    const isLocal = isWithoutHost(match, head.priority !== undefined);
    const host = isLocal ? null : hostOf(match);
    const rest = isLocal ? match[0].slice(1) : (match[2] ?? '');
    if (host !== null && !isHost(host)) return null;
    const tag = rest.startsWith(CEE_COOKIE) ? null : TAG.exec(rest);
    // Other formats begin with such a time too; only a tag makes the line syslog.
    if (tag === null && head.priority === undefined && !/^[A-Z]/.test(line)) return null;
    const message = tag === null ? rest : rest.slice(tag[0].length);
    const record = recordOf({ message, level: head.priority?.level ?? spokenLevel(message) });
    setTime(record, time);
    record.source = addressInMessage(message);
    if (host !== null) record.fields['host'] = host;
    if (tag !== null) setTag(record, tag);
    if (head.priority !== undefined) record.fields['facility'] = head.priority.facility;
    readPayload(record);
    return record;
  };
}

/**
 * Returns whether the tag or JSON comes where the host would be. Without a priority, only a process number or the mark of
 * JSON shows it: in other formats a name and a colon follow a time too.
 */
function isWithoutHost([, word = '', rest = '']: RegExpExecArray, hasPriority: boolean): boolean {
  if (word === CEE_COOKIE) return true;
  if (rest.startsWith('%')) return false;
  const tag = LOCAL_TAG.exec(word)?.[1];
  if (tag === undefined || levelOfWord(tag) !== undefined) return false;
  return hasPriority || (word.endsWith(']:') && rest.startsWith(CEE_COOKIE));
}

/** Devices of Cisco write a colon between the host and the tag, which begins with a percent sign. */
function hostOf([, word = '', rest = '']: RegExpExecArray): string {
  return rest.startsWith('%') && word.endsWith(':') ? word.slice(0, -1) : word;
}

/** A word and a colon are not a host, but the end of an IPv6 address is (`fe80::`). */
function isHost(word: string): boolean {
  return HOST.test(word) && !/[^:]:$/.test(word) && levelOfWord(word) === undefined;
}

function setTag(record: LogRecord, [, name, pid, context]: RegExpExecArray): void {
  if (name !== undefined) record.service = name;
  if (pid !== undefined) record.fields['pid'] = Number(pid);
  if (context !== undefined) record.fields['context'] = context;
}
