import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Request, RequestHandler, Response } from 'express';
import { expect, onTestFinished, test } from 'vitest';
import type { AuditEntry, AuditLog } from '../audit/audit-log.ts';
import { audited } from '../audit/audited.ts';
import { OpenStreams } from '../streams/open-streams.ts';
import { limitUploads } from '../upload/limit-uploads.ts';
import { createGuards } from './auth.ts';

/** Returns a request whose client has disconnected while it waited for a guard. */
async function abandoned(): Promise<{ request: Request; response: Response }> {
  const server = createServer();
  const requested = once(server, 'request') as Promise<[IncomingMessage, ServerResponse]>;
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connect(port, '127.0.0.1');
  client.write('DELETE /api/files/x HTTP/1.1\r\nHost: x\r\n\r\n');
  const [request, response] = await requested;
  onTestFinished(() => void server.close());
  client.destroy();
  await once(response, 'close');
  Object.assign(request, { originalUrl: request.url });
  const granted = { name: 'ci', role: 'write', uploader: 'ci', isLimited: false, token: null } as const;
  const guards = createGuards({
    access: { decideAccess: () => ({ outcome: 'granted', caller: granted }) },
    config: { trustedProxies: null },
  } as unknown as Parameters<typeof createGuards>[0]);
  run(guards.write, request as Request, response as Response);
  return { request: request as Request, response: response as Response };
}

function run(handler: RequestHandler, request: Request, response: Response): void {
  void handler(request, response, () => undefined);
}

test('given a client that has disconnected, its deletion is in the audit log', async () => {
  const { request, response } = await abandoned();
  const recorded: AuditEntry[] = [];
  const audit = { begins: () => undefined, record: (entry: AuditEntry) => void recorded.push(entry) };
  run(audited(audit as unknown as AuditLog, 'deleteFile'), request, response);
  expect(recorded).toEqual([expect.objectContaining({ action: 'deleteFile', token: 'ci', status: 0 })]);
});

test('given a client that has disconnected, its upload frees its place', async () => {
  const limit = limitUploads({ tokenUploadsAtATime: 1 }, new Map());
  const first = await abandoned();
  run(limit, first.request, first.response);
  const second = await abandoned();
  expect(() => run(limit, second.request, second.response)).not.toThrow();
});

test('given a client that has disconnected, its event stream is not open', async () => {
  const { response } = await abandoned();
  const streams = new OpenStreams({ perProcess: 1, perClient: 1 }, new AbortController().signal);
  const stream = streams.open(response, 'ci', {});
  expect({ isClosed: stream.closed.aborted, count: streams.count }).toEqual({ isClosed: true, count: 0 });
});
