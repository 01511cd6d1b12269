import type { BuiltInFormat } from '@pilotlight/contracts';
import { FileTimes, type TimeOptions } from './file-times.ts';
import type { LineParser } from './format-reader.ts';
import { accessLogParser } from './formats/access-log.ts';
import { apacheErrorParser } from './formats/apache-error.ts';
import { applicationParser } from './formats/application.ts';
import { recogniseDelimiter, recogniseHeaderless } from './formats/csv-recognition.ts';
import { jsonValueParser } from './formats/json-value.ts';
import { logfmtParser } from './formats/logfmt.ts';
import { nginxErrorParser } from './formats/nginx-error.ts';
import { syslogRfc3164Parser } from './formats/syslog-rfc3164.ts';
import { syslogRfc5424Parser } from './formats/syslog-rfc5424.ts';
import { LineSplitter } from './split-lines.ts';

/** Number of lines that vote on the format. */
const SAMPLE_LINES = 100;

/** Formats with one record per line. */
type LineFormat = Exclude<BuiltInFormat, 'json' | 'csv' | 'tsv'>;

export const LINE_PARSERS: Record<LineFormat, (times: FileTimes) => LineParser> = {
  ndjson: jsonValueParser,
  'apache-access': accessLogParser,
  'apache-error': apacheErrorParser,
  'nginx-error': nginxErrorParser,
  'syslog-rfc5424': syslogRfc5424Parser,
  'syslog-rfc3164': syslogRfc3164Parser,
  application: applicationParser,
  logfmt: logfmtParser,
  text: () => () => null,
};

/**
 * Order in which formats are tried. If two formats know the same number of lines, the earlier, more specific one wins.
 */
const TEXT_FORMATS: readonly LineFormat[] = [
  'apache-access',
  'apache-error',
  'nginx-error',
  'syslog-rfc5424',
  'syslog-rfc3164',
  'application',
  'logfmt',
];

/** Format of a file's lines. Whether the file is one JSON document is decided elsewhere. */
export type Recognised =
  | { format: LineFormat }
  | { format: 'csv' | 'tsv'; delimiter: string; header: readonly string[] | null };

/**
 * Recognises a file by its first bytes: the format that knows most of the sampled lines, if it knows at least half of
 * the lines that can begin a record. Stack traces and other indented or blank lines do not vote.
 */
export function recogniseFormat(head: Buffer, isWholeFile: boolean, options: TimeOptions): Recognised {
  const lines = sampleLines(head, isWholeFile);
  const voters = lines.filter(canBeginRecord).slice(0, SAMPLE_LINES);
  if (voters.length === 0) return { format: 'text' };
  // Years inferred for the vote must not mark the file as having inferred years.
  const known = (format: LineFormat, lines = voters) => knownLines(LINE_PARSERS[format](new FileTimes(options)), lines);
  const header = recogniseHeaderless(lines);
  if (header !== null) return { format: 'csv', delimiter: ',', header };
  // A number or a string alone is valid JSON too, but a file of such lines is text.
  const structured = voters.filter((line) => /^(?:[{[]|@cee:)/.test(line));
  if (known('ndjson', structured) * 2 >= voters.length) return { format: 'ndjson' };
  let best: { format: LineFormat; known: number } = { format: 'text', known: 0 };
  for (const format of TEXT_FORMATS) {
    const count = known(format);
    if (count > best.known) best = { format, known: count };
  }
  const isLog = best.known * 2 >= voters.length;
  // CSV rows may look like log lines, but the header above them does not.
  const beginsAsLog = isLog && known(best.format, voters.slice(0, 1)) === 1;
  const delimiter = beginsAsLog ? null : recogniseDelimiter(lines);
  if (delimiter !== null) return { format: delimiter === '\t' ? 'tsv' : 'csv', delimiter, header: null };
  return { format: isLog ? best.format : 'text' };
}

/** Returns the lines of the head. The last line may be cut, so it counts only if the head is the whole file. */
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
