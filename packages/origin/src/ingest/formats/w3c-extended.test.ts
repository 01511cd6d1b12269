import { describe, expect, test } from 'vitest';
import { FileTimes } from '../file-times.ts';
import { w3cExtended } from './w3c-extended.ts';

function read(text: string, timezone?: string) {
  const parser = w3cExtended.open(new FileTimes({ uploadedAt: new Date('2026-04-01T00:00:00Z'), timezone }));
  return text.split('\n').map((line) => parser.parse(line));
}

const IIS_FIELDS =
  '#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) ' +
  'sc-status sc-substatus sc-win32-status time-taken';

describe('the W3C extended format', () => {
  test('rows of IIS are read by the names of #Fields', () => {
    const rows = read(
      `#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n#Date: 2026-03-01 10:00:00\n${IIS_FIELDS}\n` +
        '2026-03-01 10:00:01 10.0.0.5 POST /login.aspx ReturnUrl=%2f 443 CORP\\anna 2001:db8::7 Mozilla/5.0+(X) - 500 0 64 20031',
      'Europe/Berlin',
    );
    expect(rows.slice(0, 4)).toEqual(['header', 'header', 'header', 'header']);
    expect(rows[4]).toMatchObject({
      timestamp: '2026-03-01T10:00:01.000Z',
      level: 'ERROR',
      source: '2001:db8::7',
      method: 'POST',
      path: '/login.aspx',
      status: 500,
      responseTimeMs: 20_031,
      fields: { 'cs-uri-query': 'ReturnUrl=%2f', 's-port': 443, 'cs-username': 'CORP\\anna' },
    });
  });

  test('rows of CloudFront have tabs and seconds', () => {
    const [, , row] = read(
      '#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status time-taken\n' +
        '2019-12-04\t21:02:31\tLAX1\t392\t192.0.2.24\tGET\td111.cloudfront.net\t/index.html\t200\t0.001',
    );
    expect(row).toMatchObject({
      timestamp: '2019-12-04T21:02:31.000Z',
      level: 'INFO',
      path: '/index.html',
      responseTimeMs: 1,
      fields: { 'sc-bytes': 392, 'x-edge-location': 'LAX1' },
    });
  });

  test('quoted values may contain blanks', () => {
    const [, , row] = read(
      '#Software: SGOS 6.5\n#Fields: date time time-taken c-ip sc-status cs-method cs-uri cs(User-Agent)\n' +
        '2026-03-01 10:00:00 12 192.0.2.1 404 GET http://a.example/x?y=1 "Mozilla/5.0 (""X"")"',
    );
    expect(row).toMatchObject({
      level: 'WARN',
      path: '/x?y=1',
      responseTimeMs: 12,
      fields: { 'cs(user-agent)': 'Mozilla/5.0 ("X")' },
    });
  });

  test('a row with a time only has the day of #Date', () => {
    const [, , row] = read('#Date: 2026-03-01 00:00:00\n#Fields: time cs-method cs-uri\n10:00:00 GET /a');
    expect(row).toMatchObject({ timestamp: '2026-03-01T10:00:00.000Z', method: 'GET', path: '/a', status: null });
  });

  test('local times are in the zone of the file', () => {
    const [, , row] = read(
      '#Time Format: Local\n#Fields: date time action protocol src-ip dst-ip\n2026-03-01 10:00:00 DROP TCP 192.0.2.1 192.0.2.2',
      'Europe/Berlin',
    );
    expect(row).toMatchObject({ timestamp: '2026-03-01T09:00:00.000Z', source: '192.0.2.1', level: 'UNKNOWN' });
  });

  test('a quote that IIS writes is a part of its value', () => {
    const [, row] = read('#Fields: date time cs(User-Agent) sc-status\n2026-03-01 10:00:00 "Moz"+x 500');
    expect(row).toMatchObject({ status: 500, fields: { 'cs(user-agent)': '"Moz"+x' } });
    const [, quoted] = read('#Fields: date time cs(User-Agent) sc-status\n2026-03-01 10:00:00 "Moz x" 500');
    expect(quoted).toMatchObject({ status: 500, fields: { 'cs(user-agent)': 'Moz x' } });
  });

  test('the unit of time-taken is unknown for other software', () => {
    const [, row] = read('#Fields: date time sc-status time-taken\n2026-03-01 10:00:00 200 15');
    expect(row).toMatchObject({ responseTimeMs: null, fields: { 'time-taken': '15' } });
  });

  test('columns follow the last #Fields', () => {
    const rows = read(
      '#Fields: date time sc-status\n2026-03-01 10:00:00 200\n#Fields: sc-status date time\n404 2026-03-01 10:00:01',
    );
    expect(rows.map((row) => (typeof row === 'object' ? row?.status : row))).toEqual(['header', 200, 'header', 404]);
  });

  test('a row before #Fields, of other length, or after a bad #Fields is not of the format', () => {
    expect(read(`2026-03-01 10:00:00 200\n# comment\n${IIS_FIELDS}\n2026-03-01 10:00:00 200`)).toEqual([
      null,
      null,
      'header',
      null,
    ]);
    expect(read('#Fields: date time {"a"}\n2026-03-01 10:00:00 200')).toEqual(['header', null]);
  });
});
