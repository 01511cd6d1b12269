import { ColumnMapper } from '../columns.ts';
import type { FileTimes } from '../file-times.ts';
import type { BatchFormat, BatchParser } from '../line-format.ts';
import { otlpRecords } from '../schemas/otlp.ts';
import { parseJson } from './json-value.ts';

const BEGINNING = /^[ \t]{0,80}\{[ \t]{0,80}"resourceLogs"[ \t]{0,80}:/;

/** One export of OpenTelemetry logs on a line (OTLP JSON), as the Collector's file exporter writes it. */
export const otlpJson: BatchFormat = {
  kind: 'batch',
  name: 'otlp-json',
  rejectsNul: true,
  lines: '[ \\t]{0,80}\\{[ \\t]{0,80}"resourceLogs".*',
  open: otlpParser,
};

function otlpParser(times: FileTimes): BatchParser {
  const mapper = new ColumnMapper(times);
  return (line) => (BEGINNING.test(line) ? otlpRecords(parseJson(line), line.length, mapper) : null);
}
