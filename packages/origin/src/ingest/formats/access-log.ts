import type { LogRecord } from '../../log-record.ts';
import { monthOf, TIME_PATTERN } from '../calendar.ts';
import { type DayParts, Instants } from '../instants.ts';
import { levelOfStatus } from '../levels.ts';
import type { LineParser } from '../line-parser.ts';
import { recordOf } from '../records.ts';
import type { YearInference } from '../year-inference.ts';
import { parseRequestLine } from './request-line.ts';

/** Unrolled, so that each character can be matched in one way only. */
const QUOTED = '"([^"\\\\]*(?:\\\\.[^"\\\\]*)*)"';

/** [virtual host] client ident user [time] "request" status bytes ["referer" "user agent"] [rest] */
const ACCESS_LINE = new RegExp(
  `^(?:(\\S{1,255}) )?(\\S{1,255}) (\\S{1,255}) ([^[]{1,255}) ` +
    `\\[(\\d\\d/[A-Z][a-z]{2}/\\d{4}):(${TIME_PATTERN}) ([+-]\\d{4})\\] ` +
    `${QUOTED} (\\d{3}) (\\d{1,15}|-)(?: ${QUOTED} ${QUOTED})?(?: (.*))?$`,
);

const dayOf = (text: string): DayParts => ({
  year: Number(text.slice(7)),
  month: monthOf(text.slice(3, 6)),
  day: Number(text.slice(0, 2)),
});

/**
 * Common and combined access logs of Apache and nginx, with or without a virtual host before and more columns after.
 * The message is the whole line. A decimal number right after the user agent is nginx's `$request_time` in seconds;
 * a whole one could be seconds or microseconds, so it stays in `fields.rest`.
 */
export function accessLogParser(years: YearInference): LineParser {
  const instants = new Instants(years);
  return (line) => {
    const match = ACCESS_LINE.exec(line);
    if (match === null) return null;
    const [, host, client = '', ident = '', user = '', day = '', time = '', zone = '', request = ''] = match;
    const timestamp = instants.at(day, dayOf, { time, fraction: '', zone });
    const status = Number(match[9]);
    if (timestamp === null || status < 100 || status > 599) return null;
    const record = recordOf({ timestamp, level: levelOfStatus(status), message: line, status });
    record.source = client === '-' ? null : client;
    setRequest(record, request);
    const { fields } = record;
    if (host !== undefined) fields['virtual_host'] = host;
    if (ident !== '-') fields['ident'] = ident;
    if (user !== '-') fields['user'] = user;
    if (match[10] !== '-') fields['bytes'] = Number(match[10]);
    setText(fields, 'referer', match[11]);
    setText(fields, 'user_agent', match[12]);
    setRest(record, match[13]);
    return record;
  };
}

function setRequest(record: LogRecord, request: string): void {
  const parsed = parseRequestLine(request);
  if (parsed === null) {
    setText(record.fields, 'request', request);
    return;
  }
  record.method = parsed.method;
  record.path = parsed.path;
  if (parsed.protocol !== null) record.fields['protocol'] = parsed.protocol;
}

function setRest(record: LogRecord, rest: string | undefined): void {
  const seconds = rest === undefined ? undefined : /^(\d{1,6}\.\d{1,6})(?: |$)/.exec(rest)?.[1];
  if (seconds !== undefined) record.responseTimeMs = Number((Number(seconds) * 1000).toFixed(3));
  setText(record.fields, 'rest', rest);
}

function setText(fields: Record<string, unknown>, name: string, value: string | undefined): void {
  if (value !== undefined && value !== '' && value !== '-') fields[name] = value;
}
