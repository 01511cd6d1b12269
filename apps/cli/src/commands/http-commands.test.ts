import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { EXIT_CODES } from '../exit-codes.ts';
import { startApiStub } from '../testing/api-stub.ts';
import { runCommand } from '../testing/run-command.ts';

const problem = (status: number, code: string) => ({
  status,
  body: { type: 'about:blank', title: 't', status, code, detail: `the detail of ${code}` },
  headers: { 'retry-after': '0', 'x-request-id': 'r-1' },
});

describe('a failure', () => {
  test.for([
    [400, 'INVALID_INPUT', EXIT_CODES.invalid, /INVALID_INPUT: the detail/],
    [401, 'UNAUTHORIZED', EXIT_CODES.unknownToken, /set PILOTLIGHT_TOKEN to a token of the api/],
    [403, 'FORBIDDEN', EXIT_CODES.forbidden, /a token with the role that the command needs/],
    [429, 'RATE_LIMITED', EXIT_CODES.limited, /repeat the command in 0 s/],
    [500, 'INTERNAL', EXIT_CODES.failed, /INTERNAL: the detail of INTERNAL; .*\(request r-1\)/],
  ] as const)('with the status %i (%s) exits with %i', async ([status, code, exit, message]) => {
    const { env } = await startApiStub({ 'GET /api/cache/stats': [problem(status, code)] });
    const result = await runCommand(['stats'], { env });
    expect(result).toMatchObject({ code: exit, out: '' });
    expect(result.err).toMatch(message);
    expect(result.err).not.toMatch(/the-token|\n {4}at /);
  });

  test('of something else than the api names the status alone', async () => {
    const { env } = await startApiStub({ 'GET /api/cache/stats': [{ status: 501, body: {} }] });
    const { code, err } = await runCommand(['stats'], { env });
    expect(code).toBe(EXIT_CODES.failed);
    expect(err).toBe('501: expected a problem document with status 501, got another body\n');
  });

  test('to reach the api exits with 4, and names the address and what to do', async () => {
    const env = { PILOTLIGHT_URL: 'http://127.0.0.1:1' };
    const { code, err } = await runCommand(['warm', 'stats'], { env });
    expect(code).toBe(EXIT_CODES.unreachable);
    expect(err).toMatch(/http:\/\/127\.0\.0\.1:1.*start the service with "npm start", or set PILOTLIGHT_URL/);
  });

  test.for([
    ['an address without a scheme', { PILOTLIGHT_URL: 'localhost:5000' }, /PILOTLIGHT_URL: expected the address/],
    ['a token with a line break', { PILOTLIGHT_TOKEN: 'secret\n' }, /^PILOTLIGHT_TOKEN: expected ASCII(?!.*secret)/],
  ] as const)('because of %s exits with 2', async ([, env, message]) => {
    const { code, err } = await runCommand(['stats'], { env });
    expect(code).toBe(EXIT_CODES.invalid);
    expect(err).toMatch(message);
  });
});

test('invalidate sends its target, and a dry run shows the cost', async () => {
  const rewarm = { keys: 3, load_ms: 4_200, unmeasured: 1 };
  const answer = { success: true, invalidated: 7, position: null, receipt_ms: null, dry_run: true, rewarm };
  const { env, received } = await startApiStub({ 'POST /api/cache/invalidate': [{ body: answer }] });
  const args = ['invalidate', 'search', '--service', 'web', '--level', 'ERROR', 'FATAL', '--dry-run'];
  const { out } = await runCommand(args, { env });
  expect(out).toBe(
    'Would invalidate 7 entries. Loading the 3 of them in demand again takes the origin 4.2 s, and the load times of 1 more that are not measured yet.\n',
  );
  const body = {
    prefix: 'search',
    scope: { service: 'web', level: ['ERROR', 'FATAL'] },
    mode: 'invalidate',
    dry_run: true,
  };
  expect(received).toEqual([{ request: 'POST /api/cache/invalidate', authorization: 'Bearer the-token', body }]);
});

test('invalidate without a target asks for one', async () => {
  const { code, err } = await runCommand(['invalidate']);
  expect(code).toBe(EXIT_CODES.invalid);
  expect(err).toContain('expected a prefix, --key, --tag or a scope, got none');
});

test('files narrows the list to a state and a part of the name', async () => {
  const stats = { total_files: 3, total_lines: 10, total_records: 8, total_bytes: 100 };
  const { env } = await startApiStub({
    'GET /api/files?limit=50&state=failed&name=a%20b': [{ body: { success: true, files: [], stats, next: null } }],
  });
  const { code, out } = await runCommand(['files', '--state', 'failed', '--name', 'a b'], { env });
  expect([code, out]).toEqual([EXIT_CODES.done, 'No files.\n']);
  expect((await runCommand(['files', '--state', 'gone'], { env })).code).toBe(EXIT_CODES.invalid);
});

test('a warming with failed loads exits with 1', async () => {
  const body = { success: true, loaded: 2, fresh: 1, skipped: 0, failed: 1 };
  const { env } = await startApiStub({ 'POST /api/cache/warm': [{ body }] });
  const { code, out } = await runCommand(['warm', '*'], { env });
  expect(code).toBe(EXIT_CODES.failed);
  expect(out).toBe('Loaded 2 keys, 1 were fresh; failed to load 1: the log of the api says why.\n');
});

test('retention repeats its runs until all files are deleted', async () => {
  const run = (outcome: string, files: number) => ({
    body: { success: true, dry_run: false, outcome, deleted: { files, bytes: 10, lines: 5 }, due: {}, stored: {} },
  });
  const { env, received } = await startApiStub({
    'POST /api/retention': [run('more', 1_000), run('busy', 0), run('done', 7)],
  });
  const { out } = await runCommand(['retention'], { env });
  expect(out).toBe('Deleted 1,007 files with 15 lines and 30 B stored.\n');
  expect(received).toHaveLength(3);
});

test('a log line cannot change the terminal', async () => {
  const hit = { timestamp: null, level: 'ERROR', service: 'a\u001b[2J', message: 'x\u001b]0;owned\u0007\u202eb' };
  const body = { success: true, results: [hit], total: 1, total_relation: 'eq', took_ms: 1, next: null };
  const { env } = await startApiStub({ 'POST /api/search': [{ body }] });
  const { out } = await runCommand(['search', 'x'], { env });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
  expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  expect(out).toContain('a\\u001b[2J: x\\u001b]0;owned\\u0007\\u202eb');
});

test('tail prints lines as they come, names skipped ones, and ends after --lines', async () => {
  const line = (message: string) =>
    `event: line\ndata: ${JSON.stringify({ timestamp: '2026-03-01T10:00:01.000Z', level: 'ERROR', service: 'pay', message })}\n\n`;
  const stream = `event: open\ndata: {}\n\n${line('one')}event: skipped\ndata: {"reason":"rate"}\n\n${line('two')}${line('three')}`;
  const { env } = await startApiStub({ 'GET /api/search/events?q=a+b&level=ERROR': [{ body: stream }] });
  const { code, out, err } = await runCommand(['tail', 'a', 'b', '--level', 'error', '--lines', '2'], { env });
  expect(code).toBe(EXIT_CODES.done);
  expect(out).toBe('2026-03-01T10:00:01.000Z ERROR   pay: one\n2026-03-01T10:00:01.000Z ERROR   pay: two\n');
  expect(err).toBe('skipped lines: {"reason":"rate"}\n');
});

describe('tail of a stream that the api ends', () => {
  const path = 'GET /api/search/events?';
  const line = (id: string) =>
    `retry: 1\nid: ${id}\nevent: line\ndata: {"timestamp":null,"level":"INFO","service":null,"message":"${id}"}\n\n`;

  test('continues after the last id, also of an event without data, and after failed tries', async () => {
    const noted = `${line('a')}: keep-alive\nid: b\n\n`;
    const busy = problem(503, 'ORIGIN_BUSY');
    const answers = [{ body: noted }, { body: null }, busy, { body: line('c') }, { body: line('d') }];
    const { env, received } = await startApiStub({ [path]: answers });
    const { code, out, err } = await runCommand(['tail', '--json', '--lines', '3'], { env });
    expect({ code, err }).toEqual({ code: EXIT_CODES.done, err: '' });
    expect(out.match(/(?<="message":")./g)).toEqual(['a', 'c', 'd']);
    expect(received.map(({ lastEventId }) => lastEventId)).toEqual([undefined, 'b', 'b', 'b', 'c']);
  });

  test('reconnects no earlier than `Retry-After` says', async () => {
    const busy = { ...problem(503, 'ORIGIN_BUSY'), headers: { 'retry-after': '1' } };
    const { env } = await startApiStub({ [path]: [{ body: line('a') }, busy, { body: line('b') }] });
    const beganAt = performance.now();
    expect((await runCommand(['tail', '--lines', '2'], { env })).code).toBe(EXIT_CODES.done);
    expect(performance.now() - beganAt).toBeGreaterThanOrEqual(999);
  });

  test('exits with 4 after 8 failed tries to reconnect', async () => {
    const { env, received } = await startApiStub({ [path]: [{ body: line('a') }, { body: null }] });
    expect((await runCommand(['tail'], { env })).code).toBe(EXIT_CODES.unreachable);
    expect(received).toHaveLength(9);
  });

  test('exits with 5 if the token is not valid any more', async () => {
    const { env } = await startApiStub({ [path]: [{ body: line('a') }, problem(401, 'UNAUTHORIZED')] });
    expect((await runCommand(['tail'], { env })).code).toBe(EXIT_CODES.unknownToken);
  });
});

test('tail of something else than a stream of events exits with 4', async () => {
  const { env } = await startApiStub({ 'GET /api/search/events?': [{ body: {} }] });
  expect(await runCommand(['tail'], { env })).toMatchObject({ code: EXIT_CODES.unreachable, out: '' });
});

test('upload sends the file from the directory of the user, and shows a bar on a terminal only', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'pilotlight-test-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, 'app.log'), 'a line\n'.repeat(1_000));
  const counts = { line_count: 1_000, record_count: 900, error_count: 0, size_bytes: 7_000 };
  const file = { id: 'f-1', name: 'app.log', status: 'indexed', ...counts };
  const body = { success: true, file, invalidation: { position: 1, state: 'applied' } };
  const { env, received } = await startApiStub({ 'POST /api/upload': [{ status: 201, body }] });
  const args = ['upload', 'app.log', '--wait', '5'];
  const plain = await runCommand(args, { env: { ...env, INIT_CWD: directory } });
  expect(plain).toEqual({
    code: EXIT_CODES.done,
    out: 'app.log: indexed as f-1 (7 kB, 1,000 lines in 900 records, 0 errors); every process shows it\n',
    err: '',
  });
  const shown = await runCommand(args, { env: { ...env, INIT_CWD: directory }, isInteractive: true });
  expect(shown.err).toMatch(/app\.log █{30} 100 % {2}7 kB of 7 kB/);
  expect(received[0]?.body).toContain('a line\n'.repeat(1_000));
});

test('upload sends how to read the file, and refuses an unknown order of dates', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'pilotlight-test-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, 'app.log'), 'a line\n');
  writeFileSync(join(directory, 'own.json'), '{"name":"own"}');
  const counts = { line_count: 0, record_count: 0, error_count: 0, size_bytes: 7 };
  const file = { id: 'f-1', name: 'app.log', status: 'received', ...counts };
  const body = { success: true, file, invalidation: { position: 1, state: 'applied' } };
  const { env, received } = await startApiStub({ 'POST /api/upload': [{ status: 202, body }] });
  const context = { env: { ...env, INIT_CWD: directory } };
  const asked = ['upload', 'app.log', '--timezone', 'Europe/Berlin', '--date-order', 'dmy', '--shape', 'own.json'];
  expect((await runCommand(asked, context)).code).toBe(EXIT_CODES.done);
  expect(received[0]?.body).toMatch(
    /name="timezone"\r\n\r\nEurope\/Berlin\r\n.*name="date_order"\r\n\r\ndmy\r\n.*name="shape"\r\n\r\n\{"name":"own"\}\r\n/s,
  );
  expect((await runCommand(['upload', 'app.log', '--date-order', 'ydm'], context)).code).toBe(EXIT_CODES.invalid);
});

test('upload of a file that does not exist sends nothing and exits with 2', async () => {
  const { env, received } = await startApiStub({});
  const { code, err } = await runCommand(['upload', '/none/app.log'], { env });
  expect({ code, received }).toEqual({ code: EXIT_CODES.invalid, received: [] });
  expect(err).toContain('/none/app.log: expected a file that can be read, got ');
});
