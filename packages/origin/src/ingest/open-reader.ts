import { type ByteSource, peek } from './bytes/peek.ts';
import type { FileTimes, TimeOptions } from './file-times.ts';
import type { FormatReader } from './format-reader.ts';
import { CsvReader } from './formats/csv.ts';
import { JsonDocumentReader } from './formats/json-document.ts';
import { jsonRecordsParser } from './formats/json-value.ts';
import { lineReader, withoutNul } from './formats/line-reader.ts';
import { JsonSurvey, type SurveyResult } from './json-survey.ts';
import { PIECE_BYTES } from './limits.ts';
import { LINE_PARSERS, type Recognised, recogniseFormat } from './recognise-format.ts';
import type { RecordSink } from './record-sink.ts';

interface Context {
  timeOptions: TimeOptions;
  times: FileTimes;
  sink: RecordSink;
}

/**
 * Recognises the format of a file. Returns the reader of that format and the bytes for it, and sets the format in the
 * summary.
 */
export async function openReader(
  open: () => ByteSource,
  context: Context,
): Promise<{ reader: FormatReader; bytes: ByteSource }> {
  const { head, ended, all } = await peek(open(), PIECE_BYTES);
  const recognised = recogniseFormat(head, ended, context.timeOptions);
  const survey = new JsonSurvey();
  survey.write(head);
  if (ended || survey.isSettled) {
    const result = survey.end();
    // No bytes were consumed yet, so the source need not be opened again.
    return {
      reader: result.kind === 'document' ? documentReader(result, context) : reader(recognised, context),
      bytes: all,
    };
  }
  const result = await surveyRest(survey, head.length, all);
  if (result.kind === 'document') return { reader: documentReader(result, context), bytes: open() };
  // The first line was longer than the head, so no line took part in the vote.
  const isLines = result.kind === 'several' && recognised.format === 'text';
  return { reader: reader(isLines ? { format: 'ndjson' } : recognised, context), bytes: open() };
}

/** Continues a survey that has seen the first bytes of `all`. */
async function surveyRest(survey: JsonSurvey, seenBytes: number, all: ByteSource): Promise<SurveyResult> {
  let skip = seenBytes;
  for await (const piece of all) {
    survey.write(piece.subarray(skip));
    skip = Math.max(0, skip - piece.length);
    if (survey.isSettled) break;
  }
  return survey.end();
}

function documentReader({ place }: SurveyResult & { kind: 'document' }, { times, sink }: Context): FormatReader {
  sink.summary.format = 'json';
  return new JsonDocumentReader(place, jsonRecordsParser(times), sink);
}

function reader(recognised: Recognised, { times, sink }: Context): FormatReader {
  sink.summary.format = recognised.format;
  if ('delimiter' in recognised) return new CsvReader(recognised.delimiter, times, sink, recognised.header);
  const parse = LINE_PARSERS[recognised.format](times);
  // In JSON a bare NUL is an error, and the parser must see it.
  return lineReader(recognised.format === 'ndjson' ? parse : withoutNul(parse), sink);
}
