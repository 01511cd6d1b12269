import type { Members } from './bytes/members.ts';
import { type ByteSource, peek } from './bytes/peek.ts';
import type { FileTimes, TimeOptions } from './file-times.ts';
import type { FormatReader } from './format-reader.ts';
import { CsvReader } from './formats/csv.ts';
import { beginsAsDocker } from './formats/docker-json-file.ts';
import { JsonDocumentReader } from './formats/json-document.ts';
import { jsonRecordsParser } from './formats/json-value.ts';
import { LineReader } from './formats/line-reader.ts';
import { beginsAsOtlp, OtlpDocumentReader } from './formats/otlp-document.ts';
import { OtlpLinesReader } from './formats/otlp-lines.ts';
import { JsonSurvey, type SurveyResult } from './json-survey.ts';
import { PIECE_BYTES } from './limits.ts';
import type { LineFormat } from './line-format.ts';
import { LINE_FILTER } from './line-formats.ts';
import { LineRecogniser } from './line-recogniser.ts';
import { MemberSurvey } from './member-survey.ts';
import { recogniseTable, type Table } from './recognise-table.ts';
import { RecordAssembler } from './record-assembler.ts';
import type { RecordSink } from './record-sink.ts';
import { TimeSurvey } from './time-survey.ts';

/** Looks ahead in the file. */
interface Survey {
  readonly isSettled: boolean;
  write(piece: Buffer): void;
}

interface Context {
  /** Whether the file is read as lines, whatever it looks like. */
  isOfLines: boolean;
  timeOptions: TimeOptions;
  times: FileTimes;
  /** In the order in which a line is tried on them. */
  formats: readonly LineFormat[];
  members: Members;
  sink: RecordSink;
}

/**
 * Decides whether a file is one JSON document, a table or lines. Returns the reader for it and the bytes for the reader.
 * The summary gets the format of a document or table; the format of lines is known only at their end.
 */
export async function openReader(
  open: () => ByteSource,
  context: Context,
): Promise<{ reader: FormatReader; bytes: ByteSource }> {
  const { head, ended, all } = await peek(open(), PIECE_BYTES);
  const table = context.isOfLines ? null : recogniseTable(head, ended, context);
  const survey = new JsonSurvey();
  survey.write(head);
  const timeSurvey = new TimeSurvey(context.times, context.members);
  timeSurvey.write(head);
  // No bytes are consumed yet, so the source need not be opened again.
  const isDecided = ended || (survey.isSettled && timeSurvey.isSettled);
  const memberSurvey = new MemberSurvey(context.members);
  memberSurvey.write(head);
  if (!isDecided) await surveyRest([survey, timeSurvey, memberSurvey], head.length, all);
  const result = survey.end();
  timeSurvey.end();
  const bytes = isDecided ? all : open();
  if (context.isOfLines) return { reader: lineReader(context), bytes };
  // A file of one Docker line is a JSON document too.
  const isDocument = result.kind === 'document' && !beginsAsDocker(head);
  if (isDocument) return { reader: documentReader(result, head, context), bytes };
  if (context.members.hasText) return { reader: new MemberReader(context, memberSurvey.end()), bytes };
  if (result.kind === 'several' && beginsAsOtlp(head)) return { reader: otlpLinesReader(context), bytes };
  return { reader: table === null ? lineReader(context) : tableReader(table, context), bytes };
}

/** Continues surveys that have seen the first bytes of `all`. */
async function surveyRest(surveys: readonly Survey[], seenBytes: number, all: ByteSource): Promise<void> {
  let skip = seenBytes;
  for await (const piece of all) {
    for (const survey of surveys) if (!survey.isSettled) survey.write(piece.subarray(skip));
    skip = Math.max(0, skip - piece.length);
    if (surveys.every(({ isSettled }) => isSettled)) break;
  }
}

function documentReader(
  { place }: SurveyResult & { kind: 'document' },
  head: Buffer,
  { times, sink }: Context,
): FormatReader {
  sink.numberedFormat = 'json';
  if (beginsAsOtlp(head)) return new OtlpDocumentReader(times, sink);
  return new JsonDocumentReader(place, jsonRecordsParser(times), sink);
}

function otlpLinesReader(context: Context): FormatReader {
  return new OtlpLinesReader(lineReader(context), context.times, context.sink);
}

function tableReader({ delimiter, header }: Table, { times, sink }: Context): FormatReader {
  sink.numberedFormat = delimiter === '\t' ? 'tsv' : 'csv';
  return new CsvReader(delimiter, times, sink, header);
}

function lineReader({ formats, times, sink }: Context): FormatReader {
  return new LineReader(new RecordAssembler(new LineRecogniser(formats, times, LINE_FILTER), sink));
}

/** Reads each file of an archive as a JSON document, a table or lines, by what the survey and its first piece show. */
class MemberReader implements FormatReader {
  readonly #context: Context;
  readonly #lines: FormatReader;
  /** By the number of the file. */
  readonly #surveys: readonly SurveyResult[];
  #whole: FormatReader | null = null;
  #file = 0;
  #isStart = true;

  constructor(context: Context, surveys: readonly SurveyResult[]) {
    this.#context = context;
    this.#surveys = surveys;
    this.#lines = lineReader(context);
  }

  write(piece: Buffer): void {
    if (this.#isStart) this.#whole = this.#wholeReader(piece);
    this.#isStart = false;
    (this.#whole ?? this.#lines).write(piece);
  }

  #wholeReader(head: Buffer): FormatReader | null {
    const survey = this.#surveys[this.#file];
    if (survey?.kind === 'document' && !beginsAsDocker(head)) return documentReader(survey, head, this.#context);
    const table = recogniseTable(head, false, this.#context);
    return table === null ? null : tableReader(table, this.#context);
  }

  beginFile(index: number): void {
    if (this.#whole === null) this.#lines.beginFile?.(index);
    else this.#whole.end();
    this.#whole = null;
    this.#file = index;
    this.#isStart = true;
  }

  end(): void {
    this.#whole?.end();
    this.#lines.end();
  }
}
