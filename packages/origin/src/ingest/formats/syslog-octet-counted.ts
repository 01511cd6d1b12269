import type { LogRecord } from '../../log-record.ts';
import type { FileTimes } from '../file-times.ts';
import type { LineParser } from '../format-reader.ts';
import type { BatchFormat, BatchParser } from '../line-format.ts';
import { recordOf } from '../records.ts';
import { syslogRfc3164Parser } from './syslog-rfc3164.ts';
import { syslogRfc5424Parser } from './syslog-rfc5424.ts';

/** The length of a message in bytes and the message's priority. */
const FRAME = /([1-9]\d{0,6}) (?=<\d{1,3}>)/y;
const FIRST_DIGIT = 0x31;
const LAST_DIGIT = 0x39;

/**
 * Syslog messages with their length in bytes before each, as a stream that was saved has them: one on a line, or one
 * directly after the other.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6587#section-3.4.1
 */
export const syslogOctetCounted: BatchFormat = {
  kind: 'batch',
  name: 'syslog-octet-counted',
  lines: '[1-9]\\d{0,6} <\\d{1,3}>.*',
  open: octetCountedParser,
};

function octetCountedParser(times: FileTimes): BatchParser {
  const rfc5424 = syslogRfc5424Parser(times);
  const rfc3164 = syslogRfc3164Parser(times);
  const parse: LineParser = (message) => rfc5424(message) ?? rfc3164(message);
  return (line) => {
    const first = line.charCodeAt(0);
    if (first < FIRST_DIGIT || first > LAST_DIGIT) return null;
    const messages = messagesOf(line);
    const records = messages?.map((message) => parse(message) ?? recordOf({ message }));
    return records?.some(isRead) === true ? records : null;
  };
}

function isRead({ timestamp, service }: LogRecord): boolean {
  return timestamp !== null || service !== null;
}

/**
 * Returns the messages of a line whose lengths are right, or null. The last one may be longer than the line, because it
 * ends with the line end or has several lines.
 */
function messagesOf(line: string): string[] | null {
  FRAME.lastIndex = 0;
  if (!FRAME.test(line)) return null;
  const bytes = Buffer.from(line);
  const messages: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const head = bytes.toString('latin1', at, at + 14);
    FRAME.lastIndex = 0;
    const [text = '', length = ''] = FRAME.exec(head) ?? [];
    const from = at + text.length;
    at = from + Number(length);
    if (text === '') return null;
    messages.push(bytes.toString('utf8', from, at));
  }
  return messages;
}
