import { once } from 'node:events';
import { createServer, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { headLines, writeDirectly } from './direct-write.ts';

const BODY = 'grün';
const HEADERS = ['X-First', 'a "quoted" value', 'Content-Length', String(Buffer.byteLength(BODY))];
const AS_TEXT = Buffer.from(BODY).toString('latin1');
const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

let server: Server | null = null;
afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  if (server) await once(server, 'close');
  server = null;
});

interface Situation {
  readonly options?: ServerOptions;
  readonly request?: string;
  readonly prepare?: (response: ServerResponse) => void;
  readonly change?: (server: Server) => void;
}

type Answering = (response: ServerResponse) => void;

const byWriteHead: Answering = (response) => void response.writeHead(200, HEADERS).end(BODY);

/** Returns the bytes on the connection, without the date, when `answer` answers in this situation. */
async function bytesOf(answer: Answering, { options = {}, request = GET, prepare, change }: Situation) {
  server = createServer(options, (_request, response) => {
    prepare?.(response);
    answer(response);
  }).listen(0, '127.0.0.1');
  change?.(server);
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').setEncoding('latin1');
  let bytes = '';
  socket.on('data', (text: string) => (bytes += text));
  socket.write(request);
  const answers = request.split('HTTP/1.').length - 1;
  const isHead = request.startsWith('HEAD');
  const isWhole = () => bytes.split(isHead ? '\r\n\r\n' : AS_TEXT).length > answers;
  await expect.poll(isWhole).toBe(true);
  socket.destroy();
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
  server = null;
  return bytes.replaceAll(/^Date: .* GMT\r\n/gm, 'Date: *\r\n');
}

const AS_CREATED: Record<string, Situation> = {
  'a usual request': {},
  'two pipelined requests': { request: GET + GET },
  HEAD: { request: 'HEAD / HTTP/1.1\r\nHost: a\r\n\r\n' },
  'another time of keep-alive': { options: { keepAliveTimeout: 65_000 } },
  'no limit of keep-alive': { options: { keepAliveTimeout: 0 } },
};

const CHANGED: Record<string, Situation> = {
  'a connection that closes': { request: 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n' },
  'HTTP/1.0': { request: 'GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n' },
  'a limit of requests': { change: (changed) => (changed.maxRequestsPerSocket = 5) },
  'headers that are set': { prepare: (response) => response.setHeader('X-Set', 'yes') },
  'no date': { prepare: (response) => (response.sendDate = false) },
  'a removed header': { prepare: (response) => response.removeHeader('Connection') },
  'a replaced writeHead': {
    prepare: (response) => {
      const { writeHead } = response;
      response.writeHead = (...args: [number, ...unknown[]]): ServerResponse => {
        response.setHeader('X-Added', 'yes');
        return Reflect.apply(writeHead, response, args);
      };
    },
  },
  'a response that is closing': { prepare: (response) => (response.shouldKeepAlive = false) },
};

describe('in every situation the client gets the bytes of writeHead', () => {
  const lines = headLines(HEADERS) ?? '';
  test.each(Object.entries({ ...AS_CREATED, ...CHANGED }))('%s', async (name, situation) => {
    const expected = await bytesOf(byWriteHead, situation);
    for (const body of [AS_TEXT, Buffer.from(BODY)]) {
      const direct: boolean[] = [];
      const answer: Answering = (response) => {
        const isDirect = writeDirectly(response, 200, lines, body);
        direct.push(isDirect);
        if (!isDirect) byWriteHead(response);
      };
      expect(await bytesOf(answer, situation)).toBe(expected);
      expect(direct[0]).toBe(name in AS_CREATED);
    }
  });
});

test.each([
  ['a line break in a value', ['X-A', 'b\r\nX-Forged: yes']],
  ['a character beyond latin1', ['X-A', '→']],
  ['a line break in a name', ['X-A: b\r\nX-Forged', 'yes']],
  ['a name on which Node adds no Connection', ['Connection', 'close']],
  ['a name on which Node adds no Date', ['date', 'today']],
])('headers with %s are left to writeHead', (_, headers) => {
  expect(headLines(headers)).toBeNull();
});

test('the lines of a head are those of Node, in the same order', () => {
  expect(headLines(['A', 'b', 'Vary', 'accept-encoding'])).toBe('A: b\r\nVary: accept-encoding\r\n');
});
