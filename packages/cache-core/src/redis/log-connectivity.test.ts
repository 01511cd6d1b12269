import { startRedis } from '@pilotlight/stack';
import { expect, onTestFinished, test, vi } from 'vitest';
import { connectRedis } from './connect-redis.ts';
import { logConnectivity } from './log-connectivity.ts';
import { openRedis } from './open-redis.ts';
import { recordingLogger } from './testing/recording-logger.ts';

test('an unreachable server is logged once, and once more when it is back', async () => {
  const server = await startRedis({ role: 'queue' });
  onTestFinished(() => server.stop());
  const client = openRedis('queueUrl', server.url, { blocks: false });
  onTestFinished(() => client.disconnect());
  const { logger, lines } = recordingLogger();
  logConnectivity(client, {
    what: 'the server',
    logger,
    onReady: () => logger.info('ready'),
    onLost: () => logger.warn('lost'),
  });
  await vi.waitFor(() => expect(lines).toEqual(['info ready']), { timeout: 30_000 });
  let tries = 0;
  client.on('reconnecting', () => tries++);
  server.kill('SIGKILL');
  await vi.waitFor(() => expect(tries).toBeGreaterThan(5), { timeout: 30_000 });
  await server.restart();
  await vi.waitFor(() => expect(lines.filter((line) => line === 'info ready')).toHaveLength(2), { timeout: 30_000 });
  expect(lines.filter((line) => line.startsWith('debug'))).toHaveLength(2);
  expect(lines.filter((line) => line === 'warn lost')).toHaveLength(1);
  expect(lines).toContainEqual(expect.stringMatching(/^debug the server is unreachable: .*ECONNREFUSED/));
  expect(lines).toContain('debug the server is reachable again');
});

test('given rediss:// and servers without TLS, one warning per connection names TLS', async () => {
  const server = await startRedis({ role: 'queue' });
  onTestFinished(() => server.stop());
  const { logger, lines } = recordingLogger();
  const url = server.url.replace('redis:', 'rediss:');
  const ports = connectRedis({ cacheUrl: url, queueUrl: url, logger });
  onTestFinished(() => ports.close());
  const warnings = (what: string) => lines.filter((line) => line.startsWith(`warn ${what} is unreachable`));
  for (const what of ['the cache server', 'the queue server', 'the queue server (blocking reads)']) {
    await vi.waitFor(() => expect(warnings(`${what}`)).toEqual([expect.stringMatching(/rediss:\/\/.*TLS/)]), {
      timeout: 10_000,
    });
  }
});

test('a wrong password is logged as a warning', async () => {
  const server = await startRedis({ role: 'cache' });
  onTestFinished(() => server.stop());
  const { logger, lines } = recordingLogger();
  const url = server.url.replace(/:[^:@]*@/, ':wrong@');
  const ports = connectRedis({ cacheUrl: url, queueUrl: url, logger });
  onTestFinished(() => ports.close());
  await vi.waitFor(
    () => expect(lines).toContainEqual(expect.stringMatching(/^warn the cache server denies access: WRONGPASS/)),
    { timeout: 30_000 },
  );
});

test.for([
  ['http://:secret@cache', 'redis:// or rediss://'],
  ['redis://:secret@a,rediss://:secret@b', 'of the same kind'],
  ['redis://:secret@a,b:6379', 'of the same kind'],
  ['', 'redis:// or rediss://'],
  ['redis://:secret@a/1,redis://:secret@b/1', 'no database but 0'],
])('%s is refused at construction, without showing the password', ([url, expected]) => {
  const connect = () => connectRedis({ cacheUrl: url ?? '', queueUrl: url ?? '', logger: recordingLogger().logger });
  expect(connect).toThrow(`cacheUrl: expected`);
  expect(connect).toThrow(expected);
  expect(connect).not.toThrow('secret');
});

test.for(['', 'a b', 'a{b}', 'x:lock:y'])('the namespace %j is rejected at construction', (namespace) => {
  const urls = { cacheUrl: 'redis://127.0.0.1:1', queueUrl: 'redis://127.0.0.1:1' };
  expect(() => connectRedis({ ...urls, logger: recordingLogger().logger, namespace })).toThrow('namespace: expected');
});
