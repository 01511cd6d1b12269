import type { FormatReader, LineParser } from '../format-reader.ts';
import type { RecordSink } from '../record-sink.ts';
import { LineSplitter } from '../split-lines.ts';

/**
 * Reads one record per line. A line that the parser does not know (a stack trace, a blank line, anything) is kept raw,
 * so no line is lost.
 */
export function lineReader(parse: LineParser, sink: RecordSink): FormatReader {
  return new LineSplitter((text, _end, truncatedBytes) => {
    const record = parse(text);
    if (record === null) sink.raw(text, truncatedBytes);
    else sink.parsed(record, truncatedBytes);
  });
}

/** Wraps a parser for a format in which NUL has no meaning. Stores reject NUL, so it is replaced before parsing. */
export function withoutNul(parse: LineParser): LineParser {
  return (line) => parse(line.includes('\0') ? line.replaceAll('\0', '\ufffd') : line);
}
