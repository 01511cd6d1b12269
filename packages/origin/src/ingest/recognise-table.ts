import { FileTimes, type TimeOptions } from './file-times.ts';
import { recogniseDelimiter, recogniseHeaderless } from './formats/csv-recognition.ts';
import type { LineFormat } from './line-format.ts';
import { LINE_FILTER } from './line-formats.ts';
import { LineRecogniser, StreamFormats } from './line-recogniser.ts';
import { LineSplitter } from './split-lines.ts';

export interface Table {
  delimiter: string;
  /** Null if the first row has the names. */
  header: readonly string[] | null;
}

/**
 * Recognises CSV or TSV by the first bytes of a file. Returns null if the file is read line by line. Rows may look like
 * lines of a log, but the header above them does not; so a file whose first line is one of a log is not a table.
 */
export function recogniseTable(
  head: Buffer,
  isWholeFile: boolean,
  { formats, timeOptions }: { formats: readonly LineFormat[]; timeOptions: TimeOptions },
): Table | null {
  const lines = sampleLines(head, isWholeFile);
  const first = lines.find((line) => line !== '');
  if (first === undefined) return null;
  const header = recogniseHeaderless(lines);
  if (header !== null) return { delimiter: ',', header };
  // Years inferred here must not mark the file as having inferred years.
  const recogniser = new LineRecogniser(formats, new FileTimes(timeOptions), LINE_FILTER);
  if (recogniser.read(first, new StreamFormats(), null, true) !== null) return null;
  const delimiter = recogniseDelimiter(lines);
  return delimiter === null ? null : { delimiter, header: null };
}

/** Returns the lines of the head. The last line may be cut, so it counts only if the head is the whole file. */
function sampleLines(head: Buffer, isWholeFile: boolean): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter((text) => lines.push(text));
  splitter.write(head);
  if (isWholeFile || lines.length === 0) splitter.end();
  return lines;
}
