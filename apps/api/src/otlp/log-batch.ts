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
 * line. Throws `MalformedBody`.
 */
export function parseLogBatch(body: Buffer, encoding: OtlpEncoding): LogBatch {
  const parsed = encoding === 'json' ? parseJson(body) : new ProtobufReader(body).read(EXPORT_LOGS_REQUEST);
  const checked = batchSchema.safeParse(parsed);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    throw new MalformedBody(
      `expected the JSON of an ExportLogsServiceRequest, got at ${issue?.path.join('.') || 'the top'}: ${issue?.message}`,
    );
  }
  return { stream: streamOf(checked.data), ...linesOf(checked.data) };
}

/** Whole numbers that a double cannot hold; OTLP JSON has them as text, and some clients send them as numbers. */
const LONG_NUMBER = /[[:,\s]\d{16,20}[\s,}\]]/;

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

function linesOf({ resourceLogs: resources }: Batch): Pick<LogBatch, 'lines' | 'rejected'> {
  const lines: string[] = [];
  let rejected = 0;
  for (const { resource, scopeLogs: scopes } of resources ?? []) {
    for (const { scope, logRecords } of scopes ?? []) {
      const start = `{"resourceLogs":[{"resource":${JSON.stringify(resource ?? {})},"scopeLogs":[{"scope":${JSON.stringify(scope ?? {})},"logRecords":[`;
      for (const record of logRecords ?? []) {
        const line = `${start}${JSON.stringify(record)}]}]}]}`;
        if (object.safeParse(record).success && Buffer.byteLength(line) <= MAX_LINE_BYTES) lines.push(line);
        else rejected += 1;
      }
    }
  }
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
