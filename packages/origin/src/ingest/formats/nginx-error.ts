import { TIME_PATTERN } from '../calendar.ts';
import { yearFirst } from '../day-notations.ts';
import type { FileTimes } from '../file-times.ts';
import type { LineParser } from '../format-reader.ts';
import { Instants, setInstant } from '../instants.ts';
import { levelOfWord } from '../levels.ts';
import { recordOf } from '../records.ts';
import { parseRequestLine } from './request-line.ts';

/** 2015/05/17 10:05:03 [error] 123#456: *789 message */
const ERROR_LINE = new RegExp(
  `^(\\d{4}/\\d\\d/\\d\\d) (${TIME_PATTERN}) \\[([a-z]{4,6})\\] (\\d{1,10})#(\\d{1,20}): (?:\\*(\\d{1,20}) )?(.*)$`,
);

/**
 * Parses nginx's error log. Client, server, request and host come from the end of the message, where nginx writes them.
 */
export function nginxErrorParser(times: FileTimes): LineParser {
  const instants = new Instants(times);
  return (line) => {
    const match = ERROR_LINE.exec(line);
    if (match === null) return null;
    const [, day = '', time = '', word = '', pid, thread, connection, message = ''] = match;
    const instant = instants.at(day, yearFirst, { time, fraction: '', zone: '' });
    const level = levelOfWord(word);
    if (instant === null || level === undefined) return null;
    const record = recordOf({ level, message });
    setInstant(record, instant, `${day} ${time}`);
    record.fields['pid'] = Number(pid);
    record.fields['thread'] = thread;
    if (connection !== undefined) record.fields['connection'] = connection;
    const client = /, client: ([^,\s]{1,255})/.exec(message)?.[1];
    if (client !== undefined) record.source = client;
    for (const name of ['server', 'host', 'upstream'] as const) {
      const value = SETTINGS[name].exec(message)?.[1];
      if (value !== undefined) record.fields[name] = value;
    }
    const request = parseRequestLine(/, request: "([^"]{1,8192})"/.exec(message)?.[1] ?? '');
    if (request !== null) {
      record.method = request.method;
      record.path = request.path;
    }
    return record;
  };
}

const SETTINGS = {
  server: /, server: ([^,\s]{1,255})/,
  host: /, host: "([^"]{1,255})"/,
  upstream: /, upstream: "([^"]{1,2048})"/,
} as const;
