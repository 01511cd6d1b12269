import type { LogRecord } from '../log-record.ts';
import type { FileTimes } from './file-times.ts';
import { accessLogParser } from './formats/access-log.ts';
import { apacheErrorParser } from './formats/apache-error.ts';
import { APPLICATION_LINES, applicationParser } from './formats/application.ts';
import { auditdParser } from './formats/auditd.ts';
import { dockerJsonFile } from './formats/docker-json-file.ts';
import { jsonEnvelope } from './formats/json-envelope.ts';
import { jsonOverLines, ndjson } from './formats/json-lines.ts';
import { logfmtParser } from './formats/logfmt.ts';
import { nginxErrorParser } from './formats/nginx-error.ts';
import { otlpJson } from './formats/otlp.ts';
import { syslogOctetCounted } from './formats/syslog-octet-counted.ts';
import { syslogRfc3164Parser } from './formats/syslog-rfc3164.ts';
import { syslogRfc5424Parser } from './formats/syslog-rfc5424.ts';
import { vpcFlowFields } from './formats/vpc-flow-fields.ts';
import { w3cExtended } from './formats/w3c-extended.ts';
import { LineFilter } from './line-filter.ts';
import type { LineFormat, RecordFormat } from './line-format.ts';
import { SHAPES } from './shapes/all.ts';
import { compileShape } from './shapes/compile-shape.ts';
import type { Shape } from './shapes/shape.ts';

/** The formats of lines, from the most specific one on: of several that know a line, the first reads it. */
const LINE_FORMATS: readonly LineFormat[] = [
  dockerJsonFile,
  otlpJson,
  jsonEnvelope,
  w3cExtended,
  vpcFlowFields,
  ...SHAPES.map((shape) => compileShape(shape)),
  ndjson,
  jsonOverLines,
  format('apache-access', accessLogParser, '"?[^\\s"]+ \\S+ [^[]+ \\[\\d\\d/.*\\] ".*'),
  format('apache-error', apacheErrorParser, '\\[.*'),
  format('nginx-error', nginxErrorParser, '\\d{4}/\\d\\d/\\d\\d \\d.* \\[.*'),
  format('auditd', auditdParser, '(?:node=\\S+ )?type=\\S+ msg=audit\\(.*'),
  syslogOctetCounted,
  format('syslog-rfc5424', syslogRfc5424Parser, '(?:<\\d{1,3}>)?1 .*'),
  format('syslog-rfc3164', syslogRfc3164Parser, '(?:<\\d{1,3}>)?(?:[A-Z][a-z]{2} |\\d{4}-\\d\\d-\\d\\dT).*'),
  format('application', applicationParser, APPLICATION_LINES),
  format('logfmt', logfmtParser, '[^\\s="]+=.*'),
];

/** Decides between the formats of lines. */
export const LINE_FILTER = new LineFilter(LINE_FORMATS);

/** Returns the formats of lines, those of users first. */
export function lineFormats(shapes: readonly Shape[]): readonly LineFormat[] {
  return shapes.length === 0 ? LINE_FORMATS : [...shapes.map((shape) => compileShape(shape)), ...LINE_FORMATS];
}

/** Names of the formats that a user's shape may not have. */
export const LINE_FORMAT_NAMES: readonly string[] = LINE_FORMATS.map(({ name }) => name);

/** Makes a format of a parser that needs only the line itself. */
function format(
  name: string,
  parserFor: (times: FileTimes) => (line: string) => LogRecord | null,
  lines: string,
): RecordFormat {
  return { kind: 'record', name, lines, open: (times) => ({ parse: parserFor(times) }) };
}
