import type { FormatReader } from '../format-reader.ts';
import type { LineParser } from '../line-parser.ts';
import type { RecordSink } from '../record-sink.ts';
import { LineSplitter } from '../split-lines.ts';

/**
 * One line is one record: what the parser does not know (a stack trace, a blank line, anything) is kept raw, so that no
 * line is ever lost.
 */
export function lineReader(parse: LineParser, sink: RecordSink): FormatReader {
  return new LineSplitter((text, _end, truncatedBytes) => {
    const record = parse(text);
    if (record === null) sink.raw(text, truncatedBytes);
    else sink.parsed(record, truncatedBytes);
  });
}

/** A parser for text in which NUL means nothing: stores refuse it, so it is replaced before. */
export function withoutNul(parse: LineParser): LineParser {
  return (line) => parse(line.includes('\0') ? line.replaceAll('\0', '\ufffd') : line);
}
