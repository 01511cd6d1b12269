import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { expectProblem } from '../testing/expect-problem.ts';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

const MAX_BYTES = 3 * 1_048_576;
const MIB = 1_048_576;
let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({
    uploadMaxBytes: MAX_BYTES,
    streamLimits: { rollMs: 0, steadyRollMs: 0, rollBytes: 8 * 1_048_576, maxAgeMs: 60_000 },
  });
});
afterAll(() => api.stop());

interface Answer {
  readonly stream: string;
  readonly lines: number;
  readonly bytes: number;
  readonly file: { readonly id: string; readonly name: string };
  readonly invalidation: { readonly state: string; readonly position: number | null };
}

let streams = 0;
const newStream = (): string => {
  streams += 1;
  return `s${streams}`;
};

function send(
  body: RequestInit['body'],
  { stream = newStream(), ...headers }: Record<string, string> & { stream?: string } = {},
): Promise<Response> {
  const init = { method: 'POST', body, headers: { 'content-type': 'text/plain', ...headers }, duplex: 'half' };
  return api.fetch(`/api/ingest?stream=${stream}`, init as RequestInit);
}

async function answerOf(response: Promise<Response>): Promise<Answer> {
  const got = await response;
  expect(got.status).toBe(202);
  return (await got.json()) as Answer;
}

/** Makes the open files visible, like a worker once they are due, and indexes this one. */
async function indexed(fileId: string): Promise<void> {
  const { streams: open } = api.api.deps.origin;
  await expect
    .poll(async () => {
      await open.roll();
      return await open.isOpen(fileId);
    }, POLL)
    .toBe(false);
  await api.ingest(fileId);
}

async function contentOf(fileId: string): Promise<string> {
  return await (await api.fetch(`/api/files/${fileId}/content`)).text();
}

test('lines are acknowledged with counts and a file, and can be found once that is indexed', async () => {
  const response = await send('2026-03-01 10:00:00 INFO cart: added lamp\n\n2026-03-01 10:00:01 ERROR pay: declined', {
    stream: 'shop',
  });
  expect(response.status).toBe(202);
  const answer = (await response.json()) as Answer;
  expect(answer).toEqual({
    success: true,
    stream: 'shop',
    lines: 2,
    bytes: 83,
    file: { id: expect.any(String), name: expect.stringMatching(/^shop-\d{8}T\d{9}Z\.log$/) },
    invalidation: { position: null, state: 'pending' },
  });
  expect(response.headers.get('location')).toBe(`/api/files/${answer.file.id}`);
  expect((await api.fetch(`/api/files/${answer.file.id}`)).status).toBe(404);
  await indexed(answer.file.id);
  const found = await api.postJson('/api/search', { q: 'declined', file_id: answer.file.id });
  expect(await found.json()).toMatchObject({ total: 1, results: [{ level: 'ERROR' }] });
});

test('with Prefer: wait the answer is 201 once the lines can be found', async () => {
  const waiting = send('one line\n', { prefer: 'wait=30', stream: 'waits' });
  const { streams: open, files } = api.api.deps.origin;
  await expect.poll(() => open.roll(), POLL).toBe(1);
  const [file] = (await files.list({ limit: 1, name: 'waits' })).files;
  await api.ingest(file?.id ?? '');
  const response = await waiting;
  expect(response.status).toBe(201);
  expect(await response.json()).toMatchObject({ file: { id: file?.id }, invalidation: { state: 'applied' } });
  expect(response.headers.get('preference-applied')).toBe('wait=30');
});

test.for([
  ['gzip with a Content-Encoding', { 'content-encoding': 'gzip' }],
  ['gzip without one', {}],
] as const)('%s is unpacked', async ([, headers]) => {
  const { file, ...answer } = await answerOf(send(gzipSync('one\r\ntwo\r\n'), headers));
  expect(answer).toMatchObject({ lines: 2, bytes: 10 });
  await indexed(file.id);
  expect(await contentOf(file.id)).toBe('one\r\ntwo\r\n');
});

test('requests of one stream are lines of one file, each with its end and without a byte order mark', async () => {
  const answers: Answer[] = [];
  for (const lines of ['one', '\ufefftwo\n', '{"level":"warn"}\n'])
    answers.push(await answerOf(send(lines, { stream: 'joined' })));
  expect(new Set(answers.map(({ file }) => file.id)).size).toBe(1);
  const fileId = answers[0]?.file.id ?? '';
  await indexed(fileId);
  expect(await contentOf(fileId)).toBe('one\ntwo\n{"level":"warn"}\n');
});

test('a body of several chunks is stored as it arrives, and added as a whole', async () => {
  const lines = `${'x'.repeat(99)}\n`.repeat(25_000);
  const { file, ...answer } = await answerOf(send(new Blob([lines]).stream()));
  expect(answer).toMatchObject({ lines: 25_000, bytes: 2_500_000 });
  await indexed(file.id);
  expect(await contentOf(file.id)).toBe(lines);
});

describe('a repeated Idempotency-Key', () => {
  test('answers the same, and adds nothing', async () => {
    const repeat = { 'idempotency-key': '"a key"', stream: 'repeated' };
    const first = await answerOf(send('one\n', repeat));
    expect(await answerOf(send('one\n', repeat))).toEqual(first);
    await indexed(first.file.id);
    expect(await contentOf(first.file.id)).toBe('one\n');
    // The control: without the key the lines are doubled.
    const { file } = await answerOf(send('one\n', { stream: 'doubled' }));
    await answerOf(send('one\n', { stream: 'doubled' }));
    await indexed(file.id);
    expect(await contentOf(file.id)).toBe('one\none\n');
  });

  test('answers the same while new lines are refused, and is refused with other lines', async () => {
    const repeat = { 'idempotency-key': 'c', stream: 'full' };
    const first = await answerOf(send('one\n', repeat));
    const problem = { where: 'disk', reason: 'the disk is full' } as const;
    const full = vi.spyOn(api.api.deps.origin.storage, 'problem').mockResolvedValue(problem);
    onTestFinished(() => full.mockRestore());
    expect(await answerOf(send('one\n', repeat))).toEqual(first);
    expect(await expectProblem(await send('two\n', repeat), 422)).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    for (const headers of [{}, { 'idempotency-key': 'd' }])
      expect(await expectProblem(await send('one\n', headers), 507)).toMatchObject({ code: 'STORAGE_FULL' });
    full.mockRestore();
    await indexed(first.file.id);
    expect(await contentOf(first.file.id)).toBe('one\n');
  });

  test('is refused like new lines while four others are read without space', async () => {
    const repeat = { 'idempotency-key': 'e', stream: 'many' };
    const first = await answerOf(send('one\n', repeat));
    const problem = { where: 'disk', reason: 'the disk is full' } as const;
    const full = vi.spyOn(api.api.deps.origin.storage, 'problem').mockResolvedValue(problem);
    onTestFinished(() => full.mockRestore());
    const bodies = Array.from({ length: 4 }, () => new TransformStream<Uint8Array, Uint8Array>());
    const open = bodies.map(({ readable }) => send(readable, repeat));
    const writers = bodies.map(({ writable }) => writable.getWriter());
    await Promise.all(writers.map((writer) => writer.write(Buffer.from('o'))));
    await expect.poll(async () => (await send('one\n', repeat)).status, POLL).toBe(507);
    for (const writer of writers) {
      await writer.write(Buffer.from('ne\n'));
      await writer.close();
    }
    for (const response of open) expect(await answerOf(response)).toEqual(first);
    expect(await answerOf(send('one\n', repeat))).toEqual(first);
  });

  test('is refused with other lines or another stream', async () => {
    const key = { 'idempotency-key': 'b' };
    await answerOf(send('one\n', { ...key, stream: 'mine' }));
    for (const other of [send('two\n', { ...key, stream: 'mine' }), send('one\n', { ...key, stream: 'yours' })])
      expect(await expectProblem(await other, 422)).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });
});

describe('an invalid request is answered with the reason, and adds nothing', () => {
  const damaged = gzipSync('x'.repeat(10_000)).subarray(0, 20);
  const rows: [string, () => Promise<Response>, number, string][] = [
    ['no stream', () => api.fetch('/api/ingest', { method: 'POST', body: 'x' }), 400, 'INVALID_INPUT'],
    ['a stream with a slash', () => send('x', { stream: 'a%2Fb' }), 400, 'INVALID_INPUT'],
    ['a stream of 65 characters', () => send('x', { stream: 'a'.repeat(65) }), 400, 'INVALID_INPUT'],
    ['a key of 256 characters', () => send('x', { 'idempotency-key': 'a'.repeat(256) }), 400, 'INVALID_INPUT'],
    ['two keys', () => send('x', { 'idempotency-key': '"a", "b"' }), 400, 'INVALID_INPUT'],
    ['no lines', () => send(''), 422, 'EMPTY_UPLOAD'],
    ['a form', () => send('x', { 'content-type': 'multipart/form-data; boundary=b' }), 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['another coding', () => send('x', { 'content-encoding': 'br' }), 415, 'UNSUPPORTED_CODING'],
    ['gzip by name only', () => send('lines', { 'content-encoding': 'gzip' }), 400, 'MALFORMED_BODY'],
    ['damaged gzip', () => send(damaged), 400, 'MALFORMED_BODY'],
    ['too many bytes', () => send('x\n'.repeat(MAX_BYTES / 2 + 1)), 413, 'UPLOAD_TOO_LARGE'],
    ['too many bytes once unpacked', () => send(gzipSync('x\n'.repeat(MAX_BYTES))), 413, 'UPLOAD_TOO_LARGE'],
    ['a line of more than 1 MiB', () => send(`x\n${'x'.repeat(MIB + 1)}`), 413, 'LINE_TOO_LONG'],
  ];
  test.for(rows)('%s', async ([, sending, status, code]) => {
    expect(await expectProblem(await sending(), status)).toMatchObject({ code });
    expect(await api.left()).toMatchObject({ uploads: 0 });
  });

  test('a line of exactly 1 MiB is accepted', async () => {
    expect(await answerOf(send(`${'x'.repeat(MIB)}\n`))).toMatchObject({ lines: 1 });
  });

  test('a client that disconnects in the middle of its body', async () => {
    const socket = await api.raw(
      `POST /api/ingest?stream=cut HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3000000\r\n\r\n${'x\n'.repeat(750_000)}`,
    );
    await expect.poll(async () => (await api.left()).uploads, POLL).toBe(1);
    socket.destroy();
    await once(socket, 'close');
    await expect.poll(async () => (await api.left()).uploads, POLL).toBe(0);
    const { file } = await answerOf(send('whole\n', { stream: 'cut' }));
    await indexed(file.id);
    expect(await contentOf(file.id)).toBe('whole\n');
  });
});

const POLL = { timeout: 30_000, interval: 50 };
