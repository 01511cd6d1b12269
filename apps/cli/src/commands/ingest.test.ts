import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { EXIT_CODES } from '../exit-codes.ts';
import { startApiStub } from '../testing/api-stub.ts';
import { runCommand } from '../testing/run-command.ts';

const answer = {
  success: true,
  stream: 'shop',
  lines: 2,
  bytes: 8,
  file: { id: '01a20449-5b5e-7c3a-9d55-2f6ce3a4b0c1', name: 'shop-1.log' },
  invalidation: { position: null, state: 'pending' },
};
const ROUTE = 'POST /api/ingest?stream=shop';

test('lines of standard input are sent, and a failed request is repeated', async () => {
  const { env, received } = await startApiStub({
    [ROUTE]: [
      { status: 503, body: {}, headers: { 'retry-after': '0' } },
      { status: 202, body: answer },
    ],
  });
  const { code, out } = await runCommand(['ingest', '--stream', 'shop'], { env, input: Readable.from(['one\ntwo\n']) });
  expect(out).toBe('shop: 2 lines (8 B) in 1 file\n');
  expect(code).toBe(EXIT_CODES.done);
  expect(received.map(({ body }) => body)).toEqual(['one\ntwo\n', 'one\ntwo\n']);
});

test('without lines it exits with 2', async () => {
  const { code, err } = await runCommand(['ingest', '--stream', 'shop'], { env: {} });
  expect(code).toBe(EXIT_CODES.invalid);
  expect(err).toMatch(/expected lines on standard input/);
});
