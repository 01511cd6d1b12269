import { describe, expect, test } from 'vitest';
import type { LogRecord } from '../../log-record.ts';
import { readAll } from '../testing.ts';

async function read(line: string): Promise<{ format: string; record: Partial<LogRecord> }> {
  const { records, summary } = await readAll(`${line}\n`);
  const [record] = records;
  if (record === undefined || records.length !== 1) throw new Error(`expected one record, got ${records.length}`);
  const told = Object.entries(record).filter(([name, value]) => value !== null && name !== 'line');
  return { format: summary.format, record: Object.fromEntries(told) };
}

const DATE = '2024-01-15T10:30:45.000Z';
const MOMENT = '2024-01-15T10:30:45.123Z';

describe('access logs', () => {
  test('a combined line has client, user, request, status, bytes, referer and user agent', async () => {
    const line =
      '203.0.113.7 - frank [10/Oct/2000:13:55:36 -0700] "GET /a?b=\\"c\\" HTTP/1.0" 404 2326 "http://x/y" "Mozilla/4.08 [en]"';
    expect(await read(line)).toEqual({
      format: 'apache-access',
      record: {
        timestamp: '2000-10-10T20:55:36.000Z',
        level: 'WARN',
        message: line,
        source: '203.0.113.7',
        method: 'GET',
        path: '/a?b=\\"c\\"',
        status: 404,
        fields: {
          user: 'frank',
          bytes: 2326,
          protocol: 'HTTP/1.0',
          referer: 'http://x/y',
          user_agent: 'Mozilla/4.08 [en]',
        },
      },
    });
  });

  test.each([
    ['::1 - - [10/Oct/2000:13:55:36 +0000] "-" 408 -', { source: '::1', status: 408, level: 'WARN', fields: {} }],
    [
      'a.example:443 10.0.0.1 - - [10/Oct/2000:13:55:36 +0000] "POST / HTTP/2" 503 0',
      { source: '10.0.0.1', level: 'ERROR', method: 'POST' },
    ],
    ['10.0.0.1 - John Doe [10/Oct/2000:13:55:36 +0000] "GET / HTTP/1.1" 200 1', { source: '10.0.0.1', level: 'INFO' }],
    ['10.0.0.1 - - [10/Oct/2000:13:55:36 +0000] "GET / HTTP/1.1" 200 1 "-" "curl" 0.123', { responseTimeMs: 123 }],
    [
      '10.0.0.1 - - [10/Oct/2000:13:55:36 +0000] "\\x16\\x03\\x01" 400 226',
      { status: 400, fields: { bytes: 226, request: '\\x16\\x03\\x01' } },
    ],
  ])('%s', async (line, expected) => {
    const { format, record } = await read(line);
    expect(format).toBe('apache-access');
    expect(record).toMatchObject(expected);
  });

  test('a day or a status that there is not makes a line raw', async () => {
    for (const line of [
      '10.0.0.1 - - [31/Feb/2000:13:55:36 +0000] "GET / HTTP/1.1" 200 1',
      '10.0.0.1 - - [10/Oct/2000:13:55:36 +0000] "GET / HTTP/1.1" 999 1',
    ]) {
      expect((await readAll(line)).summary).toMatchObject({ format: 'text', unparsed: 1 });
    }
  });
});

describe('error logs of web servers', () => {
  test.each([
    [
      '[Sun Dec 04 04:47:44 2005] [notice] workerEnv.init() ok',
      'apache-error',
      { timestamp: '2005-12-04T04:47:44.000Z', level: 'NOTICE', message: 'workerEnv.init() ok' },
    ],
    [
      '[Wed Oct 11 14:32:52.123456 2000] [core:error] [pid 35708:tid 4328636416] [client 72.15.99.187:80] File does not exist: /favicon.ico',
      'apache-error',
      {
        timestamp: '2000-10-11T14:32:52.123Z',
        level: 'ERROR',
        service: 'core',
        source: '72.15.99.187',
        message: 'File does not exist: /favicon.ico',
        fields: { pid: 35708, thread: '4328636416' },
      },
    ],
    ['[Sun Dec 04 04:47:44 2005] [emerg] [client ::1] gone', 'apache-error', { level: 'FATAL', source: '::1' }],
    [
      '2024/01/15 10:30:45 [warn] 12#34: *56 upstream timed out, client: 1.2.3.4, server: a.example, request: "GET /x HTTP/1.1", upstream: "http://b/", host: "a.example"',
      'nginx-error',
      {
        timestamp: DATE,
        level: 'WARN',
        source: '1.2.3.4',
        method: 'GET',
        path: '/x',
        fields: {
          pid: 12,
          thread: '34',
          connection: '56',
          server: 'a.example',
          host: 'a.example',
          upstream: 'http://b/',
        },
      },
    ],
  ])('%s', async (line, format, expected) => {
    const found = await read(line);
    expect(found.format).toBe(format);
    expect(found.record).toMatchObject(expected);
  });
});

describe('syslog', () => {
  test.each([
    [
      "<34>Oct 11 22:14:15 mymachine su: 'su root' failed on /dev/pts/8",
      'syslog-rfc3164',
      {
        timestamp: '2025-10-11T22:14:15.000Z',
        level: 'FATAL',
        service: 'su',
        message: "'su root' failed on /dev/pts/8",
        fields: { host: 'mymachine', facility: 4 },
      },
    ],
    [
      'Dec 10 06:55:46 LabSZ sshd[24200]: Failed password for root from 173.234.31.186 port 1',
      'syslog-rfc3164',
      { level: 'UNKNOWN', service: 'sshd', source: '173.234.31.186', fields: { host: 'LabSZ', pid: 24200 } },
    ],
    [
      'Dec 10 06:55:46 LabSZ sshd[24200]: error: Received disconnect',
      'syslog-rfc3164',
      { level: 'ERROR', message: 'error: Received disconnect' },
    ],
    [
      '2024-01-15T10:30:45.123456+01:00 host app[7]: said',
      'syslog-rfc3164',
      { timestamp: '2024-01-15T09:30:45.123Z', service: 'app' },
    ],
    [
      'Jul  4 23:22:09 mac Microsoft Word[14463]: Cocoa',
      'syslog-rfc3164',
      { service: 'Microsoft Word', fields: { host: 'mac', pid: 14463 } },
    ],
    ['Jan 15 10:30:45 2024 host app: with a year', 'syslog-rfc3164', { timestamp: DATE }],
    [
      '<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 ID47 [a@1 x="1" y="q\\"\\]"][b] \ufeffIt\'s time',
      'syslog-rfc5424',
      {
        timestamp: '2003-08-24T12:14:15.000Z',
        level: 'NOTICE',
        service: 'myproc',
        message: "It's time",
        fields: {
          host: '192.0.2.1',
          process: '8710',
          message_id: 'ID47',
          facility: 20,
          structured_data: { 'a@1': { x: '1', y: 'q"]' }, b: {} },
        },
      },
    ],
    [
      '1 2024-01-15T10:30:45Z host app - - - no priority',
      'syslog-rfc5424',
      { timestamp: DATE, level: 'UNKNOWN', message: 'no priority' },
    ],
    ['<14>1 - - - - - -', 'syslog-rfc5424', { level: 'INFO', message: '' }],
  ])('%s', async (line, format, expected) => {
    const found = await read(line);
    expect(found.format).toBe(format);
    expect(found.record).toMatchObject(expected);
  });

  test('a missing year is the latest that does not put the line a day after the upload, and the file says so', async () => {
    const times = async (uploadedAt: string) => {
      const { records, summary } = await readAll(
        'Dec 31 23:59:59 h a: b\nJan  1 00:00:01 h a: b\nFeb 29 00:00:00 h a: b\n',
        {
          uploadedAt: new Date(uploadedAt),
        },
      );
      expect(summary.yearInferred).toBe(true);
      return records.map(({ timestamp }) => timestamp?.slice(0, 10));
    };
    expect(await times('2026-01-01T12:00:00Z')).toEqual(['2025-12-31', '2026-01-01', '2024-02-29']);
    expect(await times('2025-12-30T23:59:58Z')).toEqual(['2024-12-31', '2025-01-01', '2024-02-29']);
    expect(await times('2025-12-30T23:59:59Z')).toEqual(['2025-12-31', '2025-01-01', '2024-02-29']);
  });
});

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
  test.each(APPLICATION_LINES)('%s', async (line, expected) => {
    const { format, record } = await read(line);
    expect(format).toBe('application');
    expect(record).toMatchObject(expected);
  });

  test('a stack trace is kept raw, line by line, and does not hide the format', async () => {
    const trace = Array.from({ length: 60 }, (_, index) => `\tat a.b.C.d(C.java:${index})`).join('\n');
    const { records, summary } = await readAll(
      `2024-01-15 10:30:45,123 ERROR a.b.C: failed\njava.lang.Error: x\n${trace}\nCaused by: y\n2024-01-15 10:30:46,123 INFO a.b.C: on\n`,
    );
    expect(summary).toMatchObject({ format: 'application', lines: 64, unparsed: 62, errors: 1 });
    expect(records[2]).toMatchObject({
      message: '\tat a.b.C.d(C.java:0)',
      level: 'UNKNOWN',
      timestamp: null,
      fields: {},
    });
  });
});

describe('logfmt', () => {
  test('pairs are columns, quoted ones unescaped, a bare key true', async () => {
    expect(
      await read('time=2024-01-15T10:30:45Z level=warn msg="a \\"b\\"\\n" app=api status=200 duration=1.5s x= flag'),
    ).toEqual({
      format: 'logfmt',
      record: {
        timestamp: DATE,
        level: 'WARN',
        service: 'api',
        message: 'a "b"\n',
        status: 200,
        responseTimeMs: 1_500,
        fields: { x: '', flag: true },
      },
    });
  });

  test('a sentence with an equals sign is text', async () => {
    expect((await read('we found that x=1 and y=2 in the end')).format).toBe('text');
  });
});
