import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAll } from './testing/read-all.ts';
import { tarOf } from './testing/tar-bytes.ts';

const DAY_MS = 86_400_000;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Writes an instant as syslog does, without its year. */
function syslogLine(iso: string, message = 'm'): string {
  const at = new Date(iso);
  const day = String(at.getUTCDate()).padStart(2, ' ');
  return `${MONTHS[at.getUTCMonth()]} ${day} ${at.toISOString().slice(11, 19)} host app: ${message}`;
}

async function timesOf(lines: readonly string[], uploadedAt: string): Promise<(string | null)[]> {
  const { records } = await readAll(`${lines.join('\n')}\n`, { uploadedAt: new Date(uploadedAt) });
  return records.map(({ timestamp }) => timestamp);
}

describe('times without a year', () => {
  test.each([
    [
      'cross the new year before the upload day',
      '2026-11-28T00:00:00Z',
      ['2025-11-20', '2025-11-28', '2025-11-30', '2025-12-31', '2026-01-01'],
    ],
    [
      'cross three years',
      '2026-03-01T00:00:00Z',
      ['2023-12-30', '2024-06-01', '2025-03-02', '2025-12-31', '2026-02-01'],
    ],
    [
      'are slightly out of order at the new year',
      '2026-03-01T00:00:00Z',
      ['2025-12-31', '2026-01-01', '2025-12-31', '2026-01-01', '2025-12-30', '2026-01-02'],
    ],
    [
      'have the newest first',
      '2026-03-01T00:00:00Z',
      ['2026-02-01', '2026-01-31', '2025-06-01', '2024-12-31', '2024-12-30'],
    ],
    ['have a 29 February', '2027-01-01T00:00:00Z', ['2024-01-01', '2024-02-29', '2024-12-01', '2025-10-01']],
    ['end on 29 February', '2027-01-01T00:00:00Z', ['2023-12-01', '2024-02-28', '2024-02-29']],
    ['are a day after the upload', '2026-03-01T00:00:00Z', ['2026-03-01', '2026-03-02']],
  ])('that %s keep the order of their lines', async (_case, uploadedAt, days) => {
    const instants = days.map((day) => `${day}T00:00:00.000Z`);
    expect(
      await timesOf(
        instants.map((iso) => syslogLine(iso)),
        uploadedAt,
      ),
    ).toEqual(instants);
  });

  test.each([
    ['whose hosts are appended are of one year', ['web1', 'web2'], ['2026-01-10', '2026-01-12']],
    ['of one host are of consecutive years', ['web1', 'web1'], ['2027-01-10', '2027-01-12']],
  ])('%s', async (_case, [first = '', second = ''], appended) => {
    const days = ['2026-03-01', '2026-03-05', ...appended].map((day) => `${day}T00:00:00.000Z`);
    const lines = days.map((iso, index) => syslogLine(iso).replace(' host ', ` ${index < 2 ? first : second} `));
    expect(await timesOf(lines, '2027-06-01T00:00:00Z')).toEqual(
      first === second ? days : days.map((iso) => iso.replace('2026', '2027')),
    );
  });

  test('read back exactly if each is less than eleven months after the one before', async () => {
    const gap = fc.oneof(fc.integer({ min: 0, max: 334 * 86_400 - 1 }), fc.integer({ min: 0, max: 86_400 }));
    const start = fc.date({ min: new Date('1971-01-01'), max: new Date('2090-01-01'), noInvalidDate: true });
    await fc.assert(
      fc.asyncProperty(
        start,
        fc.array(gap, { maxLength: 40 }),
        fc.integer({ min: 0, max: 360 }),
        async (first, gaps, days) => {
          let atMs = Math.floor(first.getTime() / 1000) * 1000;
          const instants = [atMs, ...gaps.map((seconds) => (atMs += seconds * 1000))];
          const lines = instants.map((ms) => syslogLine(new Date(ms).toISOString()));
          const uploadedAt = new Date(atMs + days * DAY_MS).toISOString();
          expect(await timesOf(lines, uploadedAt)).toEqual(instants.map((ms) => new Date(ms).toISOString()));
        },
      ),
      { numRuns: 100 },
    );
  });

  test('of a file of several pieces begin in the year that its end implies', async () => {
    const lines = Array.from({ length: 3_000 }, (_, n) =>
      syslogLine(new Date(Date.UTC(2024, 0, 1) + n * 6 * 3_600_000).toISOString(), 'm'.repeat(40)),
    );
    const times = await timesOf(lines, '2026-06-01T00:00:00Z');
    expect(times[0]).toBe('2024-01-01T00:00:00.000Z');
    expect(times.at(-1)).toBe('2026-01-19T18:00:00.000Z');
  });

  test('have the year of dated lines in their file', async () => {
    const lines = [
      syslogLine('2022-12-31T10:00:00Z'),
      '2023-01-02T10:00:00Z host app: m',
      syslogLine('2023-01-03T10:00:00Z'),
    ];
    expect(await timesOf(lines, '2026-06-01T00:00:00Z')).toEqual([
      '2022-12-31T10:00:00.000Z',
      '2023-01-02T10:00:00.000Z',
      '2023-01-03T10:00:00.000Z',
    ]);
  });

  test('of each file of an archive are followed on their own', async () => {
    const archive = tarOf(
      { name: 'messages', content: `${syslogLine('2025-11-29T10:00:00Z')}\n${syslogLine('2025-12-01T10:00:00Z')}\n` },
      { name: 'messages-1', content: `${syslogLine('2024-12-31T10:00:00Z')}\n${syslogLine('2025-09-01T10:00:00Z')}\n` },
    );
    const { records } = await readAll(archive, { uploadedAt: new Date('2025-12-02T00:00:00Z') });
    expect(records.map(({ timestamp }) => timestamp?.slice(0, 10))).toEqual([
      '2025-11-29',
      '2025-12-01',
      '2024-12-31',
      '2025-09-01',
    ]);
  });

  test('of merged hosts alternate within one year', async () => {
    const days = Array.from({ length: 600 }, (_, n) => (n % 2 === 0 ? '2026-03-01' : '2026-01-15'));
    const times = await timesOf(
      days.map((day) => syslogLine(`${day}T10:00:00Z`)),
      '2026-03-02T00:00:00Z',
    );
    expect(times.map((time) => time?.slice(0, 10))).toEqual(days);
  });

  test('take no level for a host', async () => {
    const lines = ['Sep 15 10:00:00 INFO app: stop', 'Apr 15 10:00:00 ERROR app: start'];
    expect(await timesOf(lines, '2026-06-01T00:00:00Z')).toEqual([
      '2025-09-15T10:00:00.000Z',
      '2026-04-15T10:00:00.000Z',
    ]);
  });

  test('of two dense files in a row have the same year', async () => {
    const host = Array.from({ length: 98 }, (_, n) => new Date(Date.UTC(2026, 0, 10) + n * (DAY_MS / 2)).toISOString());
    const lines = [...host, ...host].map((iso) => syslogLine(iso));
    expect(await timesOf(lines, '2026-03-02T00:00:00Z')).toEqual([...host, ...host]);
  });

  test('are marked on the file, and other times are not', async () => {
    const inferred = await readAll(`${syslogLine('2025-12-31T10:00:00Z')}\n`);
    const dated = await readAll('2025-12-31T10:00:00Z host app: m\n');
    expect([inferred.summary.yearInferred, dated.summary.yearInferred]).toEqual([true, false]);
  });

  test('later in a file than its first 64 KiB have the latest year before the upload', async () => {
    const dated = Array.from({ length: 2_000 }, () => '2025-01-01T10:00:00Z host app: message of the service');
    const times = await timesOf([...dated, syslogLine('2025-12-31T10:00:00Z')], '2026-01-01T00:00:00Z');
    expect(times.at(-1)).toBe('2025-12-31T10:00:00.000Z');
  });
});
