import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { UploadTooLarge } from '@pilotlight/origin';
import { createLogger } from '@pilotlight/runtime';
import { expect, onTestFinished, test } from 'vitest';
import { LineCounts } from '../ingest/line-metrics.ts';
import { startTestApi, type TestApi } from '../testing/test-api.ts';
import { MessageBuffer } from './message-buffer.ts';
import { SyslogListener, type SyslogListenerOptions } from './syslog-listener.ts';
import { SyslogCounts } from './syslog-metrics.ts';

const POLL = { timeout: 30_000, interval: 20 };
const logger = createLogger({ level: 'silent', forPeople: false, name: 'test' });

/** A stream whose commits fail while `isAway`. */
function fakeStreams() {
  const state = { isAway: false, maxBytes: 1_000_000, lines: [] as string[], keys: new Set<string>() };
  const streams = {
    begin: async () => {
      let pending = '';
      return {
        write: async (bytes: Buffer) => {
          pending += String(bytes);
        },
        commit: async ({ lines, key }: { lines: number; key: { key: string } | null }) => {
          if (state.isAway) throw new Error('away');
          if (pending.length > state.maxBytes) throw new UploadTooLarge(state.maxBytes);
          state.lines.push(...pending.trimEnd().split('\n'));
          state.keys.add(key?.key ?? '');
          return { fileId: '', fileName: '', lines, bytes: pending.length };
        },
        abort: async () => undefined,
      };
    },
  };
  return { state, streams };
}

async function listen(options: Partial<SyslogListenerOptions> = {}, maxBytes = 1_000_000) {
  const { state, streams } = fakeStreams();
  const counts = new SyslogCounts();
  const lineCounts = new LineCounts();
  const ready = async () => undefined;
  const buffer = new MessageBuffer({ streams, logger, ready, counts: lineCounts, gatherMs: 1, maxBytes });
  const listener = new SyslogListener({ host: '127.0.0.1', port: 0, buffer, counts, ...options });
  const port = await listener.listen();
  onTestFinished(() => listener.close());
  const count = (reason: string) =>
    counts
      .points()
      .dropped.reduce((sum, { labels, value }) => sum + (labels['reason'] === reason ? Number(value) : 0), 0);
  return { state, counts, lineCounts, buffer, port, count, open: () => opened(port) };
}

async function opened(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  onTestFinished(() => {
    socket.destroy();
  });
  await once(socket, 'connect');
  return socket;
}

async function sendDatagrams(port: number, messages: readonly string[]): Promise<void> {
  const socket = createSocket('udp4');
  for (const message of messages)
    await new Promise<void>((resolve) => socket.send(message, port, '127.0.0.1', () => resolve()));
  socket.close();
}

test('messages over TCP and UDP are lines, and a line break in one is escaped', async () => {
  const { state, port, open } = await listen();
  (await open()).end('<13>Oct 11 22:14:15 web1 app: one\n22 <14>1 - - a - - - b\nc\n');
  await sendDatagrams(port, ['<15>two\n', '\n']);
  await expect
    .poll(() => state.lines.toSorted(), POLL)
    .toEqual(['<13>Oct 11 22:14:15 web1 app: one', '<14>1 - - a - - - b#012c', '<15>two']);
});

test('while lines cannot be stored, TCP waits, UDP is dropped and counted, and TCP loses nothing', async () => {
  const { state, port, count, counts, open } = await listen({}, 1_000);
  state.isAway = true;
  const socket = await open();
  const lines = Array.from({ length: 5_000 }, (_, n) => `<13>${n} ${'x'.repeat(500)}`);
  socket.end(`${lines.join('\n')}\n`);
  await expect.poll(() => counts.points().messages[0]?.value ?? 0, POLL).toBeGreaterThan(0);
  await sendDatagrams(port, ['<14>dropped']);
  await expect.poll(() => count('buffer full'), POLL).toBe(1);
  state.isAway = false;
  await expect.poll(() => state.lines.length, POLL).toBe(5_000);
  expect(state.lines).toEqual(lines);
});

test('a waiting connection reads again once the buffer has space, not after each batch', async () => {
  const { state, streams } = fakeStreams();
  const counts = new LineCounts();
  const buffer = new MessageBuffer({
    streams,
    logger,
    counts,
    ready: async () => undefined,
    gatherMs: 1,
    maxBytes: 600_000,
  });
  const storedAt: number[] = [];
  for (let n = 0; n < 2_000; n += 1) buffer.add('x'.repeat(999), { isBounded: false });
  buffer.onceDrained(() => storedAt.push(state.lines.length));
  const forget = buffer.onceDrained(() => storedAt.push(-1));
  forget();
  await expect.poll(() => storedAt.length, POLL).toBe(1);
  await buffer.close();
  // Of 2 MB in batches of 512 KiB, the third leaves less than the maximum.
  expect(storedAt[0]).toBeGreaterThan(1_400);
  expect(storedAt).toHaveLength(1);
});

test('a batch that is too large is split, and only a message that is too large is dropped', async () => {
  const { state, buffer, lineCounts } = await listen();
  state.maxBytes = 10;
  const lines = ['one', 'two', 'three', 'x'.repeat(20), 'four', 'five'];
  for (const line of lines) buffer.add(line, { isBounded: false });
  await buffer.close();
  expect(state.lines).toEqual(['one', 'two', 'three', 'four', 'five']);
  const { received, stored, dropped } = lineCounts.points();
  expect(received).toContainEqual({ labels: { source: 'syslog' }, value: 6 });
  expect(stored).toContainEqual({ labels: { source: 'syslog' }, value: 5 });
  expect(dropped).toContainEqual({ labels: { source: 'syslog', reason: 'too large' }, value: 1 });
});

test('messages that cannot be stored at the end of the process are dropped and counted', async () => {
  const { state, buffer, lineCounts } = await listen();
  state.isAway = true;
  for (const line of ['one', 'two']) buffer.add(line, { isBounded: false });
  await buffer.close();
  const { dropped, refusals } = lineCounts.points();
  expect(dropped).toContainEqual({ labels: { source: 'syslog', reason: 'end of process' }, value: 2 });
  expect(refusals).toEqual([{ labels: { source: 'syslog', reason: 'INTERNAL' }, value: 1 }]);
});

test('a connection whose message does not end is closed, one that pauses between messages is not', async () => {
  const { count, open, state } = await listen({ messageMs: 100 });
  const [slow, idle] = [await open(), await open()];
  idle.write('<13>whole\n');
  slow.write('<13>half');
  await once(slow, 'close');
  expect(count('too slow')).toBe(1);
  idle.end('<13>again\n');
  await expect.poll(() => state.lines, POLL).toEqual(['<13>whole', '<13>again']);
});

test('connections beyond the maximum are refused and counted', async () => {
  const { count, open } = await listen({ maxConnections: 1 });
  await open();
  await once(await open(), 'close');
  expect(count('too many connections')).toBe(1);
});

test('an api with SYSLOG_PORT stores messages in the stream syslog', async () => {
  const api: TestApi = await startTestApi({ syslog: { host: '127.0.0.1', port: 0 } });
  onTestFinished(() => api.stop());
  (await opened(api.api.syslogPort ?? 0)).end('<13>Oct 11 22:14:15 web1 app: stored\n');
  const { streams, files } = api.api.deps.origin;
  await expect.poll(() => streams.roll(), POLL).toBe(1);
  expect((await files.list({ limit: 1 })).files[0]?.name).toMatch(/^syslog-/);
});
