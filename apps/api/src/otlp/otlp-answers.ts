import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApiError } from '../errors.ts';
import { mediaTypeOf } from '../http/json-body.ts';
import { HEADERS_OF_DATA } from '../http/security-headers.ts';
import type { OtlpEncoding } from './log-batch.ts';

/** Codes of gRPC by the status of HTTP (google/rpc/code.proto). */
const GRPC_CODES: Partial<Record<number, number>> = {
  401: 16,
  403: 7,
  404: 5,
  429: 8,
  500: 13,
  503: 14,
  504: 4,
  507: 8,
};
const INVALID_ARGUMENT = 3;
const LENGTH_DELIMITED = 2;
const JSON_TYPE = 'application/json';

export function encodingOf(request: IncomingMessage): OtlpEncoding {
  return mediaTypeOf(request) === JSON_TYPE ? 'json' : 'protobuf';
}

/** Sends an `ExportLogsServiceResponse` in the encoding of the request. */
export function sendExported(response: ServerResponse, encoding: OtlpEncoding, rejected: number): void {
  const message = `${rejected} log records were not stored: expected objects of at most 1 MiB as JSON`;
  response.statusCode = 200;
  setHeaders(response, encoding);
  if (rejected === 0) return void response.end(encoding === 'json' ? '{}' : Buffer.alloc(0));
  const json = { partialSuccess: { rejectedLogRecords: String(rejected), errorMessage: message } };
  const partial = Buffer.concat([numberField(1, rejected), textField(2, message)]);
  response.end(encoding === 'json' ? JSON.stringify(json) : bytesField(1, partial));
}

/** Sends an error as OTLP asks for: a `google.rpc.Status` in the encoding of the request. Its message begins with the code of the problem. */
export function sendStatus(response: ServerResponse, error: ApiError): void {
  const encoding = encodingOf(response.req);
  const code = GRPC_CODES[error.status] ?? INVALID_ARGUMENT;
  const message = `${error.code}: ${error.message}`;
  // Exporters of OTLP/HTTP drop a batch for any status but 429, 502, 503 and 504.
  response.statusCode = error.status === 507 ? 503 : error.status;
  for (const [name, value] of Object.entries({ ...HEADERS_OF_DATA, ...error.headers })) response.setHeader(name, value);
  setHeaders(response, encoding);
  const isJson = encoding === 'json';
  response.end(
    isJson ? JSON.stringify({ code, message }) : Buffer.concat([numberField(1, code), textField(2, message)]),
  );
}

function setHeaders(response: ServerResponse, encoding: OtlpEncoding): void {
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Content-Type', encoding === 'json' ? JSON_TYPE : 'application/x-protobuf');
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  for (; left >= 0x80; left = Math.floor(left / 0x80)) bytes.push((left % 0x80) + 0x80);
  return Buffer.from([...bytes, left]);
}

const numberField = (number: number, value: number): Buffer => Buffer.concat([varint(number * 8), varint(value)]);
const bytesField = (number: number, bytes: Buffer): Buffer =>
  Buffer.concat([varint(number * 8 + LENGTH_DELIMITED), varint(bytes.length), bytes]);
const textField = (number: number, text: string): Buffer => bytesField(number, Buffer.from(text));
