import { UploadTooLarge } from '@pilotlight/origin';
import { z } from 'zod';
import { MalformedBody } from '../errors.ts';
import { MAX_LINE_BYTES } from '../ingest/line-meter.ts';
import { EXPORT_LOGS_REQUEST } from './log-messages.ts';
import { ProtobufReader } from './protobuf-reader.ts';

export type OtlpEncoding = 'json' | 'protobuf';

/** The log records of a request as lines of OTLP JSON. */
export interface LogBatch {
  readonly stream: string;
  readonly lines: readonly string[];
  /** The records that are not stored. */
  readonly rejected: number;
}

const object = z.record(z.string(), z.unknown());
const list = z.array(z.unknown()).nullish();
const scopeLogs = z.looseObject({ scope: object.nullish(), logRecords: list });
const resourceLogs = z.looseObject({ resource: object.nullish(), scopeLogs: z.array(scopeLogs).nullish() });
const batchSchema = z.looseObject({ resourceLogs: z.array(resourceLogs).nullish() });
type Batch = z.infer<typeof batchSchema>;

const serviceAttribute = z.looseObject({
  key: z.literal('service.name'),
  value: z.looseObject({ stringValue: z.string() }),
});

/**
 * Parses an `ExportLogsServiceRequest`. Each log record becomes a line with its resource and scope, so that no record depends on another
 * line. Throws `MalformedBody`, or `UploadTooLarge` if the lines have more than `maxBytes`.
 */
export function parseLogBatch(body: Buffer, encoding: OtlpEncoding, maxBytes: number): LogBatch {
  const parsed = encoding === 'json' ? parseJson(body) : new ProtobufReader(body).read(EXPORT_LOGS_REQUEST);
  const checked = batchSchema.safeParse(parsed);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    throw new MalformedBody(
      `expected the JSON of an ExportLogsServiceRequest, got at ${issue?.path.join('.') || 'the top'}: ${issue?.message}`,
    );
  }
  return { stream: streamOf(checked.data), ...linesOf(checked.data, maxBytes) };
}

/** Whole numbers that a double cannot hold; OTLP JSON has them as text, and some clients send them as numbers. */
const LONG_NUMBER = /[[:,\s]-?\d{16,20}[\s,}\]]/;

function parseJson(body: Buffer): unknown {
  const text = body.toString('utf8');
  try {
    return LONG_NUMBER.test(text) ? JSON.parse(text, exactly) : JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new MalformedBody(`expected the JSON of an ExportLogsServiceRequest, got: ${why}`, { cause: error });
  }
}

function exactly(this: unknown, _name: string, value: unknown, context?: { source?: string }): unknown {
  const isExact = typeof value !== 'number' || !Number.isInteger(value) || Number.isSafeInteger(value);
  return isExact ? value : (context?.source ?? value);
}

/** Collects lines, and counts what they hold: every line repeats its resource and scope. */
class Lines {
  readonly lines: string[] = [];
  rejected = 0;
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Rejects records that are not objects or are too long, before their lines are built. */
  add(start: Text, records: readonly unknown[]): void {
    for (const record of records) {
      const isRejected = start.bytes + END.bytes > MAX_LINE_BYTES || !isObject(record);
      const json = isRejected ? null : textOf(JSON.stringify(record));
      const bytes = start.bytes + END.bytes + (json?.bytes ?? 0);
      if (json === null || bytes > MAX_LINE_BYTES) {
        this.rejected += 1;
        continue;
      }
      this.#bytes += bytes + 1;
      if (this.#bytes > this.#maxBytes) throw new UploadTooLarge(this.#maxBytes);
      this.lines.push(start.text + json.text + END.text);
    }
  }
}

interface Text {
  readonly text: string;
  readonly bytes: number;
}

const textOf = (text: string): Text => ({ text, bytes: Buffer.byteLength(text) });
const END = textOf(']}]}]}');
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

function linesOf({ resourceLogs: resources }: Batch, maxBytes: number): Pick<LogBatch, 'lines' | 'rejected'> {
  const all = new Lines(maxBytes);
  for (const { resource, scopeLogs: scopes } of resources ?? []) {
    const outer = textOf(`{"resourceLogs":[{"resource":${JSON.stringify(resource ?? {})},"scopeLogs":[{"scope":`);
    for (const { scope, logRecords } of scopes ?? []) {
      const inner = textOf(`${JSON.stringify(scope ?? {})},"logRecords":[`);
      all.add({ text: outer.text + inner.text, bytes: outer.bytes + inner.bytes }, logRecords ?? []);
    }
  }
  const { lines, rejected } = all;
  return { lines, rejected };
}

/** All records of a request are in one stream, so that they are stored together or not at all. */
function streamOf({ resourceLogs: resources }: Batch): string {
  for (const { resource } of resources ?? []) {
    const attributes: unknown = resource?.['attributes'];
    for (const attribute of Array.isArray(attributes) ? attributes : []) {
      const service = serviceAttribute.safeParse(attribute).data?.value.stringValue;
      if (service) return service.replaceAll(/[^A-Za-z0-9._-]/g, '_').slice(0, 64);
    }
  }
  return 'otlp';
}
