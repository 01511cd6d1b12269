import type { LogRecord } from '../../log-record.ts';
import { TIME_PATTERN } from '../calendar.ts';
import { dayFirst } from '../day-notations.ts';
import type { FileTimes } from '../file-times.ts';
import type { LineParser } from '../format-reader.ts';
import { Instants, setInstant } from '../instants.ts';
import { levelOfStatus } from '../levels.ts';
import { recordOf } from '../records.ts';
import { parseRequestLine, pathOfTarget } from './request-line.ts';

/** Unrolled, so that each character matches in one way only and the pattern cannot backtrack. */
const QUOTED = '"([^"\\\\]*(?:\\\\.[^"\\\\]*)*)"';

/** A quote that a broken rotation or export left before the client; then client ident user [time] "request" status bytes ["referer" "user agent"] [rest]; the user may contain blanks. */
const ACCESS_LINE = new RegExp(
  `^"?([^\\s"]{1,255}) (\\S{1,255}) ([^[]{1,511}) ` +
    `\\[(\\d\\d/[A-Z][a-z]{2}/\\d{4}):(${TIME_PATTERN}) ([+-]\\d{4})\\] ` +
    `${QUOTED} (\\d{3}) (\\d{1,15}|-)(?: ${QUOTED} ${QUOTED})?(?: (.*))?$`,
);

/** The header of a syslog line: its host and program are not the virtual host and client of a request. */
const SYSLOG_START =
  /^(?:<\d{1,3}>|1 \d{4}-\d\d-\d\dT|[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:|\d{4}-\d\d-\d\d \d\d:|\d{4}-\d\d-\d\dT\S{1,32} \S{1,255} \S{1,128}: )/;

/**
 * Parses common and combined access logs of Apache and nginx, with or without a leading virtual host and trailing
 * columns. The message is the whole line. A decimal number right after the user agent is nginx's `$request_time` in
 * seconds; a whole number could be seconds or microseconds, so it stays in `fields.rest`.
 */
export function accessLogParser(times: FileTimes): LineParser {
  const instants = new Instants(times);
  return (line) => {
    const match = ACCESS_LINE.exec(line);
    if (match === null || SYSLOG_START.test(line)) return null;
    const instant = instants.at(match[4] ?? '', dayFirst, { time: match[5] ?? '', fraction: '', zone: match[6] ?? '' });
    const status = Number(match[8]);
    if (instant === null || status < 100 || status > 599) return null;
    const record = recordOf({ level: levelOfStatus(status), message: line, status });
    setInstant(record, instant, `${match[4]}:${match[5]} ${match[6]}`);
    setClient(record, match[1] ?? '', match[2] ?? '', match[3] ?? '');
    setRequest(record, match[7] ?? '');
    const bytes = match[9] ?? '-';
    if (bytes !== '-') record.fields['bytes'] = Number(bytes);
    setText(record.fields, 'referer', match[10]);
    setText(record.fields, 'user_agent', match[11]);
    setRest(record, match[12]);
    return record;
  };
}

/** Reads `client ident user` or `virtual-host client ident user`; ident is nearly always `-`. */
function setClient(record: LogRecord, first: string, second: string, rest: string): void {
  const { fields } = record;
  const gap = second === '-' ? -1 : rest.indexOf(' ');
  if (gap === -1) {
    record.source = first === '-' ? null : first;
    setText(fields, 'ident', second);
    setText(fields, 'user', rest);
    return;
  }
  fields['virtual_host'] = first;
  record.source = second;
  setText(fields, 'ident', rest.slice(0, gap));
  setText(fields, 'user', rest.slice(gap + 1));
}

function setRequest(record: LogRecord, request: string): void {
  const parsed = parseRequestLine(request);
  if (parsed === null) {
    setText(record.fields, 'request', request);
    return;
  }
  record.method = parsed.method;
  const { path, url } = pathOfTarget(parsed.path);
  record.path = path;
  if (url !== null) record.fields['url'] = url;
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
