import type { FileTimes } from '../file-times.ts';
import type { LineParser } from '../format-reader.ts';
import { recordOf, setField } from '../records.ts';
import { setTime, TimestampReader } from '../timestamps.ts';
import { jsonPayloadReader } from './json-payload.ts';
import { priorityOf, spokenLevel } from './syslog-priority.ts';

/** After the version: time host app process message-id, then structured data and message. */
const HEADER = /1 (\S{1,64}) (\S{1,255}) (\S{1,128}) (\S{1,128}) (\S{1,64}) (?=-|\[)/y;

/** Parses syslog of RFC 5424, with or without its `<PRI>`. Structured data goes to `fields.structured_data`. */
export function syslogRfc5424Parser(times: FileTimes): LineParser {
  const timestamps = new TimestampReader(times);
  const readPayload = jsonPayloadReader(times);
  return (line) => {
    const head = priorityOf(line);
    if (head === null) return null;
    HEADER.lastIndex = head.end;
    const match = HEADER.exec(line);
    if (match === null) return null;
    const [, time = '', host = '', app = '', process = '', messageId = ''] = match;
    const found = time === '-' ? null : timestamps.columnTime(time);
    if (time !== '-' && found === null) return null;
    const data = structuredData(line, HEADER.lastIndex);
    if (data === null) return null;
    const message = line.slice(data.end).replace(/^ \ufeff?/, '');
    const record = recordOf({ message, level: head.priority?.level ?? spokenLevel(message) });
    if (found !== null) setTime(record, found);
    if (app !== '-') record.service = app;
    const named = { host, process, message_id: messageId };
    for (const [name, value] of Object.entries(named)) if (value !== '-') record.fields[name] = value;
    if (data.elements !== null) record.fields['structured_data'] = data.elements;
    if (head.priority !== undefined) record.fields['facility'] = head.priority.facility;
    readPayload(record);
    return record;
  };
}

interface StructuredData {
  elements: Record<string, unknown> | null;
  end: number;
}

/** Reads `-` or `[id name="value" …][id …]` (RFC 5424, section 6.3). Returns null for anything else. */
function structuredData(line: string, from: number): StructuredData | null {
  if (line[from] === '-') return endsThere(line, { elements: null, end: from + 1 });
  const elements: Record<string, unknown> = {};
  let at = from;
  while (line[at] === '[') {
    const id = /\[([^\s=\]"]{1,64})/y;
    id.lastIndex = at;
    const name = id.exec(line)?.[1];
    if (name === undefined) return null;
    const parameters: Record<string, unknown> = {};
    at = readParameters(line, id.lastIndex, parameters);
    if (line[at] !== ']') return null;
    at++;
    setField(elements, name, parameters);
  }
  return endsThere(line, { elements, end: at });
}

function endsThere(line: string, data: StructuredData): StructuredData | null {
  return data.end === line.length || line[data.end] === ' ' ? data : null;
}

function readParameters(line: string, from: number, into: Record<string, unknown>): number {
  const parameter = / ([^\s=\]"]{1,64})="([^"\\]*(?:\\.[^"\\]*)*)"/y;
  parameter.lastIndex = from;
  let end = from;
  for (let match = parameter.exec(line); match !== null; match = parameter.exec(line)) {
    setField(into, match[1] ?? '', (match[2] ?? '').replace(/\\(["\\\]])/g, '$1'));
    end = parameter.lastIndex;
  }
  return end;
}
