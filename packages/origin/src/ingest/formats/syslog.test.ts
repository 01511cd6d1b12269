import { describe, expect, test } from 'vitest';
import { readAll, readOne } from '../testing/read-all.ts';

const DATE = '2024-01-15T10:30:45.000Z';

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
    [
      '<11>Jan 15 10:30:45 shop[42]: declined',
      'syslog-rfc3164',
      { level: 'ERROR', service: 'shop', message: 'declined', fields: { pid: 42, facility: 1 } },
    ],
    [
      'Jan 15 10:30:45 shop[42]: @cee: {"msg":"declined","pri":"warning"}',
      'syslog-rfc3164',
      { level: 'WARN', service: 'shop', message: 'declined', fields: { pid: 42, pri: 'warning' } },
    ],
    [
      'Jan 15 10:30:45 web1 @cee: {"msg":"declined","program":"shop","time":"2024-01-15T10:30:45Z"}',
      'syslog-rfc3164',
      { service: 'shop', message: 'declined' },
    ],
    [
      '<11>Jan 15 10:30:45 fe80:: shop: declined',
      'syslog-rfc3164',
      { service: 'shop', fields: { host: 'fe80::', facility: 1 } },
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
    const found = await readOne(line);
    expect(found.format).toBe(format);
    expect(found.record).toMatchObject(expected);
  });

  test('missing years are the latest that fit all lines, and the file is marked', async () => {
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
    expect(await times('2026-01-01T12:00:00Z')).toEqual(['2023-12-31', '2024-01-01', '2024-02-29']);
    expect(await times('2024-02-27T23:59:59Z')).toEqual(['2019-12-31', '2020-01-01', '2020-02-29']);
  });
});

test.each([
  ['config: reloaded', 'UNKNOWN'],
  ['log: rotated', 'UNKNOWN'],
  ['note: see below', 'UNKNOWN'],
  ['LOG:  duration: 12.5 ms', 'INFO'],
  ['error: failed', 'ERROR'],
  ['[Note] ready', 'NOTICE'],
])('the syslog message %j has the level %s', async (message, level) => {
  const { records } = await readAll(`Mar  1 10:00:00 web app[1]: ${message}\n`);
  expect(records[0]).toMatchObject({ level, message });
});

describe('syslog with the length before each message', () => {
  const FIRST = '<34>1 2024-01-15T10:30:45Z host su - - - geöffnet';
  const SECOND = '<11>Jan 15 10:30:45 host shop[42]: declined';
  const framed = (message: string) => `${Buffer.byteLength(message)} ${message}`;

  test.each([
    ['on lines of their own', `${framed(FIRST)}\n${framed(SECOND)}\n`],
    ['one after the other', framed(FIRST) + framed(SECOND)],
    ['that includes the line end', [FIRST, SECOND].map((message) => framed(`${message}\n`)).join('')],
  ])('is read %s', async (_what, text) => {
    const { records, summary } = await readAll(text);
    expect(summary).toMatchObject({ format: 'syslog-octet-counted', unparsed: 0 });
    expect(records).toMatchObject([
      { timestamp: DATE, service: 'su', message: 'geöffnet' },
      { level: 'ERROR', service: 'shop', message: 'declined' },
    ]);
  });

  test('is not read if the length is wrong', async () => {
    const { summary } = await readAll(`${framed(FIRST).replace(/^\d+/, '20')}\n`);
    expect(summary.format).toBe('text');
  });
});
