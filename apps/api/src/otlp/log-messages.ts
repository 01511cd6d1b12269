import type { Message } from './protobuf-reader.ts';

/*
 * The messages of opentelemetry-proto 1.x: collector/logs/v1/logs_service.proto, logs/v1/logs.proto, resource/v1 and common/v1. Ids are
 * hexadecimal in OTLP JSON, in place of the base64 of the JSON mapping of proto3.
 */

const ARRAY_VALUE: Message = { 1: { name: 'values', type: () => ANY_VALUE, isRepeated: true } };
const KEY_VALUE_LIST: Message = { 1: { name: 'values', type: () => KEY_VALUE, isRepeated: true } };

const ANY_VALUE: Message = {
  1: { name: 'stringValue', type: () => 'string' },
  2: { name: 'boolValue', type: () => 'bool' },
  3: { name: 'intValue', type: () => 'int64' },
  4: { name: 'doubleValue', type: () => 'double' },
  5: { name: 'arrayValue', type: () => ARRAY_VALUE },
  6: { name: 'kvlistValue', type: () => KEY_VALUE_LIST },
  7: { name: 'bytesValue', type: () => 'bytes' },
};

const KEY_VALUE: Message = {
  1: { name: 'key', type: () => 'string' },
  2: { name: 'value', type: () => ANY_VALUE },
};

const LOG_RECORD: Message = {
  1: { name: 'timeUnixNano', type: () => 'fixed64' },
  2: { name: 'severityNumber', type: () => 'int32' },
  3: { name: 'severityText', type: () => 'string' },
  5: { name: 'body', type: () => ANY_VALUE },
  6: { name: 'attributes', type: () => KEY_VALUE, isRepeated: true },
  7: { name: 'droppedAttributesCount', type: () => 'int32' },
  8: { name: 'flags', type: () => 'fixed32' },
  9: { name: 'traceId', type: () => 'hex' },
  10: { name: 'spanId', type: () => 'hex' },
  11: { name: 'observedTimeUnixNano', type: () => 'fixed64' },
  12: { name: 'eventName', type: () => 'string' },
};

const SCOPE: Message = {
  1: { name: 'name', type: () => 'string' },
  2: { name: 'version', type: () => 'string' },
  3: { name: 'attributes', type: () => KEY_VALUE, isRepeated: true },
};

const SCOPE_LOGS: Message = {
  1: { name: 'scope', type: () => SCOPE },
  2: { name: 'logRecords', type: () => LOG_RECORD, isRepeated: true },
};

const RESOURCE: Message = { 1: { name: 'attributes', type: () => KEY_VALUE, isRepeated: true } };

const RESOURCE_LOGS: Message = {
  1: { name: 'resource', type: () => RESOURCE },
  2: { name: 'scopeLogs', type: () => SCOPE_LOGS, isRepeated: true },
};

export const EXPORT_LOGS_REQUEST: Message = {
  1: { name: 'resourceLogs', type: () => RESOURCE_LOGS, isRepeated: true },
};
