import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { type Field, fieldsOf } from './protobuf.ts';

export interface ReceivedSpan {
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the first span of a trace. */
  readonly parentId: string;
}

export interface OtlpReceiver {
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
  close(): Promise<void>;
}

/** Starts a receiver of OTLP over HTTP, in its binary form. */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      if (request.url === '/v1/traces' && request.headers['content-type'] === 'application/x-protobuf')
        spans.push(...spansOf(body));
      response.writeHead(200, { 'Content-Type': 'application/x-protobuf' }).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a server that listens on TCP has an address
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Returns the spans of an `ExportTraceServiceRequest`. The numbers are those of opentelemetry-proto's `trace.proto`. */
function spansOf(request: Buffer): ReceivedSpan[] {
  return messages(fieldsOf(request), 1).flatMap((resourceSpans) => {
    const service = serviceOf(messages(resourceSpans, 1)[0] ?? []);
    return messages(resourceSpans, 2)
      .flatMap((scopeSpans) => messages(scopeSpans, 2))
      .map((span) => ({
        service,
        traceId: bytes(span, 1).toString('hex'),
        spanId: bytes(span, 2).toString('hex'),
        parentId: bytes(span, 4).toString('hex'),
        name: bytes(span, 5).toString(),
      }));
  });
}

function serviceOf(resource: readonly Field[]): string {
  const named = messages(resource, 1).find((attribute) => bytes(attribute, 1).toString() === 'service.name');
  return bytes(messages(named ?? [], 2)[0] ?? [], 1).toString();
}

function messages(fields: readonly Field[], number: number): Field[][] {
  return fields.filter((field) => field.number === number).map((field) => fieldsOf(field.bytes));
}

function bytes(fields: readonly Field[], number: number): Buffer {
  return fields.find((field) => field.number === number)?.bytes ?? Buffer.alloc(0);
}
