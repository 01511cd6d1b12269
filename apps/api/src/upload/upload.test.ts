import { once } from 'node:events';
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { expectProblem } from '../testing/expect-problem.ts';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

const MAX_BYTES = 3 * 1_048_576;
let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ uploadMaxBytes: MAX_BYTES });
});
afterAll(() => api.stop());

const BOUNDARY = 'a-boundary';
const part = (disposition: string, content = 'x\n') =>
  `--${BOUNDARY}\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${content}\r\n`;
const END = `--${BOUNDARY}--\r\n`;
const FILE = part('name="file"; filename="a.log"');
const BIG_FILE = part('name="file"; filename="a.log"', 'x'.repeat(2_000_000));
const send = (body: string | ReadableStream<Uint8Array> | null, type = `multipart/form-data; boundary=${BOUNDARY}`) =>
  api.fetch('/api/upload', {
    method: 'POST',
    body,
    duplex: 'half',
    headers: type === '' ? {} : { 'content-type': type },
  });

describe('an invalid upload is answered with the reason, and nothing of it is stored', () => {
  afterEach(async () => {
    // A client that disconnected gets no answer once its upload is removed.
    await expect.poll(() => api.left(), POLL).toEqual({ files: 0, chunks: 0, uploads: 0, events: 0 });
  });

  const rows: [string, () => Promise<Response>, number, RegExp][] = [
    ['no body', () => send(null, ''), 415, /expected multipart\/form-data with a field "file", got no Content-Type/],
    ['JSON', () => send('{}', 'application/json'), 415, /expected multipart\/form-data .* got "application\/json"/],
    ['another multipart', () => send(FILE + END, `multipart/mixed; boundary=${BOUNDARY}`), 415, /expected multipart/],
    ['no boundary', () => send(FILE + END, 'multipart/form-data'), 400, /[Bb]oundary/],
    [
      'another boundary',
      () => send(FILE + END, 'multipart/form-data; boundary=other'),
      400,
      /expected a complete multipart/,
    ],
    ['no end', () => send(FILE), 400, /expected a complete multipart form/],
    ['no end, after megabytes', () => send(BIG_FILE), 400, /expected a complete multipart form/],
    [
      'broken part headers',
      () => send(`--${BOUNDARY}\r\n\u0001\r\n\r\nx\r\n${END}`),
      400,
      /expected a complete multipart/,
    ],
    ['an empty body', () => send(''), 400, /expected a complete multipart form/],
    ['an empty form', () => send(END), 400, /expected a file in the form's field "file", got none/],
    ['no file field', () => send(part('name="x"') + END), 400, /expected a file in the form's field "file", got none/],
    [
      'text in the file field',
      () => send(part('name="file"') + END),
      400,
      /got text, .* with curl: -F "file=@app.log"/,
    ],
    [
      'a broken filename* beside a good filename',
      () => send(part(`name="file"; filename="good.log"; filename*=UTF-8''caf%E9%ZZ.log`) + END),
      400,
      /expected a filename\* like UTF-8''caf%C3%A9\.log .*or only a filename, got "Content-Disposition: /,
    ],
    [
      'a filename with a semicolon and no quotes',
      () => send(part('name="file"; filename=a;b.log') + END),
      400,
      /expected a filename in double quotes, got "Content-Disposition: /,
    ],
    [
      'a form that is gzipped as a whole',
      () => {
        const headers = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}`, 'content-encoding': 'gzip' };
        return api.fetch('/api/upload', { method: 'POST', body: gzipSync(FILE + END), headers });
      },
      415,
      /expected a form without Content-Encoding, in which only the file may be gzipped, got "gzip"/,
    ],
    ['a file without a name', () => send(part('name="file"; filename=""') + END), 400, /or a file without a name/],
    ['another field', () => send(part('name="log"; filename="a"') + END), 400, /the field "file", got one in "log"/],
    ['two files', () => send(FILE + FILE + END), 400, /expected one file, got several/],
    ['two files, megabytes', () => send(BIG_FILE + FILE + END), 400, /expected one file, got several/],
    ['a bad field after the file', () => send(BIG_FILE + part(`name="${'x'.repeat(101)}"`) + END), 400, /FIELD_KEY/],
    ['a field too large', () => send(FILE + part('name="x"', 'x'.repeat(90_000)) + END), 400, /FIELD_VALUE "x"/],
    ['too many fields', () => send(FILE + part('name="x"').repeat(9) + END), 400, /expected one file/],
    [
      'a field of no known name',
      () => send(FILE + part('name="zone"') + END),
      400,
      /expected one of timezone, date_order, format, shape, got/,
    ],
    [
      'a zone of no known name',
      () => send(FILE + part('name="timezone"', 'CST') + END),
      400,
      /expected UTC, an offset/,
    ],
    ['an empty file', () => api.upload(''), 422, /expected a file of at least one byte/],
    [
      'too large',
      () => api.upload('x'.repeat(MAX_BYTES + 1)),
      413,
      /at most 3145728 bytes.*split the file, or raise UPLOAD_MAX_BYTES/,
    ],
    ['much too large', () => api.upload('x'.repeat(MAX_BYTES * 2)), 413, /at most 3145728 bytes/],
    [
      'too large, of unknown length',
      () => send(streamed(part('name="file"; filename="a.log"', 'x'.repeat(MAX_BYTES * 4)) + END)),
      413,
      /at most 3145728 bytes/,
    ],
  ];
  test.for(rows)('%s', async ([, ask, status, detail]) => {
    expect((await expectProblem(await ask(), status)).detail).toMatch(detail);
  });

  test('a connection that is cut in the middle of the file', async () => {
    const socket = await api.raw(head(2_000_000) + BIG_FILE.slice(0, 1_500_000));
    await untilUnderWay(1);
    socket.destroy();
  });

  test('a connection that is cut before the last byte of the form', async () => {
    const form = BIG_FILE + END;
    const socket = await api.raw(head(form.length) + form.slice(0, -1));
    await untilUnderWay(1);
    socket.resetAndDestroy();
  });
});

test('an upload says how to read it, before or after its file', async () => {
  const fields = part('name="timezone"', 'europe/berlin') + part('name="date_order"', 'dmy');
  for (const form of [fields + FILE, FILE + fields]) {
    const response = await send(form + END);
    expect(response.status).toBe(202);
    expect(await response.json()).toMatchObject({
      file: { read_as: { timezone: 'Europe/Berlin', date_order: 'dmy', format: null } },
    });
  }
});

test('with more half-sent uploads than connections, no connection is held and another upload succeeds', async () => {
  const sockets: Socket[] = [];
  // A machine under load may answer one with 503, because a new connection to the database took too long.
  const open = async () => {
    const socket = await api.raw(head(2_000_000) + BIG_FILE.slice(0, 1_500_000));
    socket.once('data', () => void open());
    sockets.push(socket);
  };
  for (let client = 0; client < 12; client++) await open();
  await untilUnderWay(12);
  await expect.poll(() => api.openTransactions('pilotlight uploads'), POLL).toBe(0);
  await expect.poll(async () => (await api.upload('a quick one\n')).status, POLL).toBe(202);
  for (const socket of sockets) socket.removeAllListeners('data').destroy();
  await untilUnderWay(0);
});

test('a client with Expect: 100-continue and a too large body is refused before it sends the body', async () => {
  const socket = await api.raw(head(MAX_BYTES * 2, 'Expect: 100-continue\r\n'));
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toMatch(/^HTTP\/1\.1 413 /);
  socket.destroy();
});

test('a client with Expect: 100-continue gets 100 once its upload is accepted', async () => {
  const form = FILE + END;
  const socket = await api.raw(head(form.length, 'Expect: 100-continue\r\n'));
  const [go] = await once(socket, 'data');
  expect(String(go)).toBe('HTTP/1.1 100 Continue\r\n\r\n');
  socket.write(form);
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toMatch(/^HTTP\/1\.1 202 /);
  socket.destroy();
});

test('a file of exactly the maximum size is accepted', async () => {
  expect((await api.upload('x'.repeat(MAX_BYTES))).status).toBe(202);
});

describe('the name of a file is stored as it was sent', () => {
  const rows: [string, string, string][] = [
    ['a path', '../../etc/passwd', '../../etc/passwd'],
    ['a path of Windows', 'C:\\logs\\app.log', 'C:\\logs\\app.log'],
    ['quotes', 'a "quoted" name', 'a "quoted" name'],
    ['a line break', 'a\nb', 'a\nb'],
    ['right-to-left marks', 'gpj.\u202egol.exe', 'gpj.\u202egol.exe'],
    ['emoji', '🪵.log', '🪵.log'],
    ['4 KB', 'n'.repeat(4_096), 'n'.repeat(4_096)],
    ['markup', '<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
    ['a percent sign', '50%.log', '50%.log'],
    ['NUL, which Postgres cannot hold', 'a\u0000b\u0000.log', 'a\ufffdb\ufffd.log'],
  ];
  test.for(rows)('%s', async ([, name, kept]) => {
    const { file } = (await (await api.upload('line\n', name)).json()) as { file: { id: string; name: string } };
    expect(file.name).toBe(kept);
    const read = (await (await api.fetch(`/api/files/${file.id}`)).json()) as { file: { name: string } };
    expect(read.file.name).toBe(kept);
  });
});

const head = (length: number, more = '') =>
  `POST /api/upload HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=${BOUNDARY}\r\n${more}Content-Length: ${length}\r\n\r\n`;

/** A form without Content-Length. */
function streamed(form: string): ReadableStream<Uint8Array> {
  return new Blob([form]).stream();
}

/** Waits until the api has received part of a file. */
async function untilUnderWay(uploads: number): Promise<void> {
  await expect.poll(async () => (await api.left()).uploads, POLL).toBe(uploads);
}

const POLL = { timeout: 30_000, interval: 20 };
