import type { Level } from '@pilotlight/contracts';
import type { LogRecord } from '../../log-record.ts';
import { levelOfColumn, serviceName } from '../column-values.ts';
import type { ColumnMapper } from '../columns.ts';
import { isoOf } from '../instants.ts';
import { recordOf, setField } from '../records.ts';
import { LEVEL_SCALES } from './level-scales.ts';
import { anyValue, attributesOf, listOf, membersOf } from './otlp-values.ts';

type Members = Record<string, unknown>;

/**
 * The resource and scope of an export are copied into each of its records while all copies take at most this many times
 * the export's text. Beyond it, records keep `service.name` alone and have `fields.context_dropped`.
 */
export const MAX_CONTEXT_RATIO = 16;

/** Resource and scope of log records, and their service. */
export interface OtlpContext {
  readonly service: string | null;
  readonly fields: Members;
}

/**
 * Returns the log records of an OTLP JSON export (`resourceLogs`), or of one element of it (`scopeLogs`); null for any
 * other value. Attributes become fields with their types, under their own names.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 * @param textLength length of the export's text in characters
 */
export function otlpRecords(value: unknown, textLength: number, mapper: ColumnMapper): LogRecord[] | null {
  const members = membersOf(value);
  const resources = Array.isArray(members['resourceLogs'])
    ? members['resourceLogs']
    : Array.isArray(members['scopeLogs'])
      ? [value]
      : null;
  if (resources === null) return null;
  const scopes = resources.flatMap((resource) =>
    listOf(membersOf(resource)['scopeLogs']).map((scope) => ({
      context: contextOf(membersOf(membersOf(resource)['resource']), membersOf(membersOf(scope)['scope'])),
      logRecords: listOf(membersOf(scope)['logRecords']),
    })),
  );
  const copied = scopes.reduce(
    (sum, { context, logRecords }) => sum + JSON.stringify(context.fields).length * logRecords.length,
    0,
  );
  const isTooMuch = copied > textLength * MAX_CONTEXT_RATIO;
  return scopes.flatMap(({ context: { service, fields }, logRecords }) => {
    const context = { service, fields: isTooMuch ? { context_dropped: true } : fields };
    return logRecords.map((logRecord) => recordOfLog(membersOf(logRecord), context, mapper));
  });
}

export function contextOf(resource: Members, scope: Members): OtlpContext {
  const attributes = attributesOf(resource['attributes']);
  const { 'service.name': service, ...others } = attributes;
  const { name, version, attributes: scopeAttributes } = scope;
  const fields: Members = {};
  if (Object.keys(others).length > 0) fields['resource'] = others;
  if (typeof name === 'string' && name !== '') {
    fields['scope'] = { name, ...(version !== undefined && { version }), ...attributesOf(scopeAttributes) };
  }
  return { service: serviceName(service), fields };
}

export function recordOfLog(log: Members, context: OtlpContext, mapper: ColumnMapper): LogRecord {
  const body = anyValue(log['body']);
  const record = recordOf({
    timestamp: instantOf(log['timeUnixNano']) ?? instantOf(log['observedTimeUnixNano']),
    level: levelOf(log) ?? 'UNKNOWN',
    service: context.service,
    message: messageOf(body) ?? (log['eventName'] ? String(log['eventName']) : JSON.stringify(log)),
  });
  mapper.addRequest(attributesOf(log['attributes']), record);
  if (typeof body === 'object' && body !== null) addField(record, 'body', body);
  for (const [name, field] of Object.entries(NAMES)) {
    if (log[name] !== undefined && log[name] !== '') addField(record, field, log[name]);
  }
  for (const [name, value] of Object.entries(context.fields)) addField(record, name, value);
  return record;
}

/** Members of a log record that become fields, under the names of the data model. */
const NAMES = {
  severityText: 'severity_text',
  traceId: 'trace_id',
  spanId: 'span_id',
  eventName: 'event_name',
  flags: 'trace_flags',
} as const;

/** An attribute of the same name wins. */
function addField(record: LogRecord, name: string, value: unknown): void {
  if (!Object.hasOwn(record.fields, name)) setField(record.fields, name, value);
}

/** Returns the message of a body: its text, the message of a structured one, or the JSON of any other value. */
function messageOf(body: unknown): string | null {
  if (body === null || typeof body === 'string') return body;
  const { message, msg } = membersOf(body);
  if (typeof message === 'string') return message;
  return typeof msg === 'string' ? msg : JSON.stringify(body);
}

/** Returns an instant in nanoseconds since 1970, or null; 0 means that it is not known. */
function instantOf(nanoseconds: unknown): string | null {
  if (!/^[1-9]\d{6,19}$/.test(String(nanoseconds))) return null;
  return isoOf(Number(BigInt(String(nanoseconds)) / 1_000_000n));
}

/** `severityNumber` is a number; some writers use the name of the enumeration (`SEVERITY_NUMBER_WARN2`). */
function levelOf({ severityNumber, severityText }: Members): Level | undefined {
  if (typeof severityNumber === 'number') return LEVEL_SCALES.otlp(severityNumber) ?? levelOfColumn(severityText);
  const name = /^SEVERITY_NUMBER_([A-Z]{4,5})[2-4]?$/.exec(String(severityNumber));
  return levelOfColumn(name?.[1] ?? severityText);
}
