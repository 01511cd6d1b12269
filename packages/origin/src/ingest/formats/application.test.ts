import { describe, expect, test } from 'vitest';
import type { LogRecord } from '../../log-record.ts';
import { FileTimes } from '../file-times.ts';
import { readAll } from '../testing/read-all.ts';
import { applicationParser } from './application.ts';

const DATE = '2024-01-15T10:30:45.000Z';
const MOMENT = '2024-01-15T10:30:45.123Z';

const APPLICATION_LINES: [line: string, expected: Partial<LogRecord>][] = [
  [
    '081109 203615 148 INFO dfs.DataNode$PacketResponder: PacketResponder 1',
    {
      timestamp: '2008-11-09T20:36:15.000Z',
      level: 'INFO',
      service: 'dfs.DataNode$PacketResponder',
      message: 'PacketResponder 1',
      fields: { pid: 148 },
    },
  ],
  [
    '2024-01-15 10:30:45,123 INFO [main] org.apache.hadoop.App: Created',
    { service: 'org.apache.hadoop.App', message: 'Created', fields: { thread: 'main' } },
  ],
  [
    '2024-01-15 10:30:45,123 - INFO  [QuorumPeer[myid=1]/0:0:2181:FastLeaderElection@774] - Notification',
    {
      service: 'FastLeaderElection',
      message: 'Notification',
      fields: { thread: 'QuorumPeer[myid=1]/0:0:2181', code_line: 774 },
    },
  ],
  [
    '24/01/15 10:30:45 WARN executor.Executor: Finished',
    { timestamp: DATE, level: 'WARN', service: 'executor.Executor' },
  ],
  [
    'nova-api.log.1.2017-05-16_13:53:08 2024-01-15 10:30:45.123 25746 INFO nova.wsgi.server [req-1 a b - - -] 10.11.10.1 "GET /v2/x HTTP/1.1" status: 200 len: 1893 time: 0.2477829',
    {
      level: 'INFO',
      service: 'nova.wsgi.server',
      source: '10.11.10.1',
      method: 'GET',
      path: '/v2/x',
      status: 200,
      responseTimeMs: 247.783,
      fields: { pid: 25746 },
    },
  ],
  ['2024-01-15 10:30:45,123 - my.module - WARNING - odd', { level: 'WARN', service: 'my.module', message: 'odd' }],
  [
    '2024-01-15T10:30:45.123Z  INFO 12345 --- [  main] c.e.Demo   : Started',
    { service: 'c.e.Demo', message: 'Started', fields: { pid: 12345, thread: 'main' } },
  ],
  [
    '2024-01-15 10:30:45.123 [exec-1] ERROR com.foo.Bar - http://foo: bar',
    { level: 'ERROR', service: 'com.foo.Bar', message: 'http://foo: bar', fields: { thread: 'exec-1' } },
  ],
  [
    '2024-01-15T10:30:45,123 TRACE com.shop.Cart [http-nio-8080-exec-1] opened',
    { level: 'TRACE', service: 'com.shop.Cart', message: 'opened', fields: { thread: 'http-nio-8080-exec-1' } },
  ],
  [
    '2024-01-15 10:30:45,123 INFO com.shop.Cart [order 17] opened',
    { service: 'com.shop.Cart', message: '[order 17] opened', fields: {} },
  ],
  [
    '2024-01-15 10:30:45,123 WARNING shop.cart:42 slow',
    { level: 'WARN', service: 'shop.cart', message: 'slow', fields: { code_line: 42 } },
  ],
  ['WARNING shop.cart:42 slow', { level: 'WARN', service: 'shop.cart', message: 'slow', fields: { code_line: 42 } }],
  [
    '2024-01-15 10:30:45,123 ERROR db.internal:5432 refused',
    { level: 'ERROR', service: null, message: 'db.internal:5432 refused', fields: {} },
  ],
  [
    '2024-01-15 10:30:45.123 [exec-1] ERROR com.foo.Bar -- declined',
    { level: 'ERROR', service: 'com.foo.Bar', message: 'declined' },
  ],
  ['2024-01-15 10:30:45.123 UTC [1234] LOG:  ready', { level: 'INFO', message: 'ready' }],
  [
    '[2024-01-15T10:30:45,123][WARN ][o.e.c.Monitor] [node-1] low',
    { level: 'WARN', service: 'o.e.c.Monitor', message: '[node-1] low' },
  ],
  [
    '[2024-01-15 10:30:45] production.ERROR: failed',
    { timestamp: DATE, level: 'ERROR', service: 'production', message: 'failed' },
  ],
  ['ERROR [2024-01-15 10:30:45,123] com.foo.Bar: gone', { level: 'ERROR', service: 'com.foo.Bar', message: 'gone' }],
  ['[INFO] 2024-01-15 10:30:45 - first', { timestamp: DATE, level: 'INFO', message: 'first' }],
  [
    '2024-01-15T12:30:45.123+02:00 fatal: out of memory',
    { timestamp: MOMENT, level: 'FATAL', message: 'out of memory' },
  ],
  ['1705314645.123 INFO epoch', { timestamp: MOMENT, message: 'epoch' }],
  ['1705314645123 WARN epoch', { timestamp: MOMENT, level: 'WARN' }],
  ['2024-01-15 10:30:45 error while connecting', { level: 'ERROR', message: 'error while connecting' }],
  ['2024-01-15 10:30:45 Note that it rains', { level: 'UNKNOWN', message: 'Note that it rains' }],
  [
    '2024-01-15 10:30:45 an error while connecting',
    { timestamp: DATE, level: 'UNKNOWN', message: 'an error while connecting' },
  ],
  ['10:30:45.123 [main] DEBUG c.e.MyClass - said', { level: 'DEBUG', service: 'c.e.MyClass', message: 'said' }],
  ['WARNING:root:said', { level: 'WARN', service: 'root', message: 'said' }],
  [
    'E0115 10:30:45.123456    1234 server.go:12] failed',
    { timestamp: '2025-01-15T10:30:45.123Z', level: 'ERROR', message: 'failed' },
  ],
  [
    '03-17 16:13:38.811  1702  2395 D WindowManager: shown',
    { timestamp: '2025-03-17T16:13:38.811Z', level: 'DEBUG', service: 'WindowManager', message: 'shown' },
  ],
];

describe('the application family', () => {
  test.each(APPLICATION_LINES)('%s', (line, expected) => {
    const parse = applicationParser(new FileTimes({ uploadedAt: new Date('2026-01-01T00:00:00Z') }));
    expect(parse(line)).toMatchObject(expected);
  });

  test.each([
    ['config-server started', 'UNKNOWN'],
    ['Error-prone path', 'UNKNOWN'],
    ['warn-only mode', 'UNKNOWN'],
    ['ERROR - failed', 'ERROR'],
    ['ERROR- failed', 'ERROR'],
  ])('%s after a time has the level %s', (text, level) => {
    const parse = applicationParser(new FileTimes({ uploadedAt: new Date('2026-01-01T00:00:00Z') }));
    expect(parse(`2026-03-01 10:00:00 ${text}`)).toMatchObject({ level });
  });

  test('a stack trace belongs to the record before it', async () => {
    const trace = Array.from({ length: 60 }, (_, index) => `\tat a.b.C.d(C.java:${index})`).join('\n');
    const lines = `java.lang.Error: x\n${trace}\nCaused by: y`;
    const { records, summary } = await readAll(
      `2024-01-15 10:30:45,123 ERROR a.b.C: failed\n${lines}\n2024-01-15 10:30:46,123 INFO a.b.C: on\n`,
    );
    expect(summary).toMatchObject({ format: 'application', lines: 64, records: 2, unparsed: 0, errors: 1 });
    expect(records[0]).toMatchObject({ message: `failed\n${lines}`, line: 1, lineEnd: 63, level: 'ERROR' });
    expect(records[1]).toMatchObject({ message: 'on', line: 64, lineEnd: 64 });
  });
});
