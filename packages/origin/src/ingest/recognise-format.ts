import type { FileFormat } from '@pilotlight/contracts';
import { accessLogParser } from './formats/access-log.ts';
import { apacheErrorParser } from './formats/apache-error.ts';
import { applicationParser } from './formats/application.ts';
import { recogniseDelimiter } from './formats/csv-recognition.ts';
import { jsonValueParser } from './formats/json-value.ts';
import { logfmtParser } from './formats/logfmt.ts';
import { nginxErrorParser } from './formats/nginx-error.ts';
import { syslogRfc3164Parser } from './formats/syslog-rfc3164.ts';
import { syslogRfc5424Parser } from './formats/syslog-rfc5424.ts';
import { textParser } from './formats/text.ts';
import type { LineParser } from './line-parser.ts';
import { LineSplitter } from './split-lines.ts';
import { YearInference } from './year-inference.ts';

/** How many lines are asked for their format. */
const SAMPLE_LINES = 100;

/** Formats of one record per line. */
type LineFormat = Exclude<FileFormat, 'json' | 'csv' | 'tsv'>;

/** The parser of each format of lines. */
export const LINE_PARSERS: Record<LineFormat, (years: YearInference) => LineParser> = {
  ndjson: jsonValueParser,
  'apache-access': accessLogParser,
  'apache-error': apacheErrorParser,
  'nginx-error': nginxErrorParser,
  'syslog-rfc5424': syslogRfc5424Parser,
  'syslog-rfc3164': syslogRfc3164Parser,
  application: applicationParser,
  logfmt: logfmtParser,
  text: textParser,
};

/** Asked in this order; where two formats know as many lines, the earlier one is the more particular. */
const TEXT_FORMATS: readonly LineFormat[] = [
  'apache-access',
  'apache-error',
  'nginx-error',
  'syslog-rfc5424',
  'syslog-rfc3164',
  'application',
  'logfmt',
];

/** What the lines of a file are; whether they are one JSON document is not asked here. */
export type Recognised = { format: LineFormat } | { format: 'csv' | 'tsv'; delimiter: string };

/**
 * Recognises a file by its first bytes: the format that knows most of the sampled lines, if it knows half of those
 * that can begin a record. Stack traces and other indented or blank lines have no vote.
 */
export function recogniseFormat(head: Buffer, isWholeFile: boolean, uploadedAt: Date): Recognised {
  const lines = sampleLines(head, isWholeFile);
  const voters = lines.filter(canBeginRecord).slice(0, SAMPLE_LINES);
  if (voters.length === 0) return { format: 'text' };
  // Years inferred for the vote must not mark the file.
  const known = (format: LineFormat, lines = voters) =>
    knownLines(LINE_PARSERS[format](new YearInference(uploadedAt)), lines);
  // A number or a string alone is JSON too, but a file of such lines is text.
  const structured = voters.filter((line) => /^[{[]/.test(line));
  if (known('ndjson', structured) * 2 >= voters.length) return { format: 'ndjson' };
  let best: { format: LineFormat; known: number } = { format: 'text', known: 0 };
  for (const format of TEXT_FORMATS) {
    const count = known(format);
    if (count > best.known) best = { format, known: count };
  }
  const isLog = best.known * 2 >= voters.length;
  // Rows of CSV may well look like lines of a log; the header above them does not.
  const beginsAsLog = isLog && known(best.format, voters.slice(0, 1)) === 1;
  const delimiter = beginsAsLog ? null : recogniseDelimiter(lines);
  if (delimiter !== null) return { format: delimiter === '\t' ? 'tsv' : 'csv', delimiter };
  return { format: isLog ? best.format : 'text' };
}

/** The lines of the head; the last one, which may be cut, only when it is all there is. */
function sampleLines(head: Buffer, isWholeFile: boolean): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter((text) => lines.push(text));
  splitter.write(head);
  if (isWholeFile || lines.length === 0) splitter.end();
  return lines;
}

function canBeginRecord(line: string): boolean {
  return line !== '' && !/^(?:\s|at |Caused by:|Traceback |\.{3} )/.test(line);
}

function knownLines(parse: LineParser, lines: readonly string[]): number {
  let known = 0;
  for (const line of lines) if (parse(line) !== null) known++;
  return known;
}
