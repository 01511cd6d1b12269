import { describe, expect, test } from 'vitest';
import { ColumnMapper } from '../columns.ts';
import { FileTimes } from '../file-times.ts';
import { otlpJson } from '../formats/otlp.ts';
import { MAX_RECORD_BYTES } from '../limits.ts';
import { inChunks, readAll } from '../testing/read-all.ts';
import { MAX_CONTEXT_RATIO, otlpRecords } from './otlp.ts';

const attribute = (key: string, value: object) => ({ key, value });
const text = (stringValue: string) => ({ stringValue });

const EXPORT = {
  resourceLogs: [
    {
      resource: { attributes: [attribute('service.name', text('shop')), attribute('host.name', text('web1'))] },
      scopeLogs: [
        {
          scope: { name: 'shop.cart', version: '1.2' },
          logRecords: [
            {
              timeUnixNano: '1772359200123456789',
              severityNumber: 9,
              severityText: 'Information',
              body: text('cart opened'),
              attributes: [
                attribute('user.id', { intValue: '17' }),
                attribute('is.new', { boolValue: true }),
                attribute('share', { doubleValue: 0.5 }),
                attribute('tags', { arrayValue: { values: [text('a'), { intValue: 2 }] } }),
                attribute('item', { kvlistValue: { values: [attribute('id', { intValue: '9007199254740993' })] } }),
              ],
              traceId: '5b8efff798038103d269b633813fc60c',
            },
            {
              timeUnixNano: '0',
              observedTimeUnixNano: 1772359201000000000,
              severityNumber: 'SEVERITY_NUMBER_ERROR2',
              body: {
                kvlistValue: { values: [attribute('message', text('declined')), attribute('order', { intValue: 7 })] },
              },
              attributes: [
                attribute('http.request.method', text('POST')),
                attribute('url.path', text('/pay')),
                attribute('http.response.status_code', { intValue: '502' }),
                attribute('client.address', text('203.0.113.5')),
              ],
            },
          ],
        },
      ],
    },
    { scopeLogs: [{ logRecords: [{ severityText: 'Warning', body: text('no resource') }, {}] }] },
  ],
};

const times = new FileTimes({ uploadedAt: new Date('2026-03-02T00:00:00Z') });
const recordsOf = (value: unknown, length = 100_000) => otlpRecords(value, length, new ColumnMapper(times));

describe('OTLP JSON', () => {
  test('each log record is a record with its types, and the service of its resource', () => {
    const [first, second, third, empty] = recordsOf(EXPORT) ?? [];
    expect(first).toMatchObject({
      timestamp: '2026-03-01T10:00:00.123Z',
      level: 'INFO',
      service: 'shop',
      message: 'cart opened',
      fields: {
        'user.id': 17,
        'is.new': true,
        share: 0.5,
        tags: ['a', 2],
        item: { id: '9007199254740993' },
        trace_id: '5b8efff798038103d269b633813fc60c',
        severity_text: 'Information',
        resource: { 'host.name': 'web1' },
        scope: { name: 'shop.cart', version: '1.2' },
      },
    });
    expect(second).toMatchObject({
      timestamp: '2026-03-01T10:00:01.000Z',
      level: 'ERROR',
      message: 'declined',
      method: 'POST',
      path: '/pay',
      status: 502,
      source: '203.0.113.5',
      fields: { body: { message: 'declined', order: 7 } },
    });
    expect(third).toMatchObject({ timestamp: null, level: 'WARN', service: null, message: 'no resource' });
    expect(empty).toMatchObject({ timestamp: null, level: 'UNKNOWN', message: '{}' });
  });

  test('a document and a line have the same records', async () => {
    const line = JSON.stringify(EXPORT);
    const parsed = otlpJson.open(times)(line) ?? [];
    const { records } = await readAll(JSON.stringify(EXPORT, null, 2));
    expect(records.map(({ message, level }) => [message, level])).toEqual(
      parsed.map(({ message, level }) => [message, level]),
    );
    expect(records).toHaveLength(4);
  });

  test('a document longer than the longest record is read, cut anywhere', async () => {
    const [resource] = EXPORT.resourceLogs;
    const [scope] = resource?.scopeLogs ?? [];
    const logRecords = Array.from({ length: 500 }, (_, index) => ({
      ...scope?.logRecords[0],
      body: text(`n${index}`),
    }));
    const bytes = Buffer.from(
      JSON.stringify({
        resourceLogs: [{ ...resource, scopeLogs: [{ ...scope, logRecords }] }, ...EXPORT.resourceLogs],
      }),
    );
    expect(bytes.length).toBeGreaterThan(2 * MAX_RECORD_BYTES);
    const { records, summary } = await readAll(() => inChunks(bytes, 777));
    expect(summary).toMatchObject({ unparsed: 0, truncated: 0 });
    expect(records.map(({ message }) => message).slice(498, 503)).toEqual([
      'n498',
      'n499',
      'cart opened',
      'declined',
      'no resource',
    ]);
    expect(records.slice(499, 503).map(({ service }) => service)).toEqual(['shop', 'shop', 'shop', null]);
    expect(records[499]).toMatchObject({ level: 'INFO', fields: { scope: { name: 'shop.cart' }, 'user.id': 17 } });
    expect(records[502]?.fields).not.toHaveProperty('scope');
  });

  test('other JSON and damaged exports are not of the format', () => {
    const parse = otlpJson.open(times);
    for (const line of ['{"a":1}', '{"resourceLogs":', '{"resourceLogs":{}}', '[]']) expect(parse(line)).toBeNull();
    expect(parse('{"resourceLogs":[null,{"scopeLogs":[{"logRecords":[null]}]}]}')).toHaveLength(1);
  });

  test('a large resource is not copied into many records', () => {
    const huge = { attributes: [attribute('service.name', text('shop')), attribute('x', text('y'.repeat(10_000)))] };
    const exported = (records: number) => ({
      resourceLogs: [{ resource: huge, scopeLogs: [{ logRecords: Array.from({ length: records }, () => ({})) }] }],
    });
    const read = (records: number) => recordsOf(exported(records), JSON.stringify(exported(records)).length);
    expect(read(MAX_CONTEXT_RATIO - 1)?.[0]?.fields).toHaveProperty('resource');
    const [record] = read(MAX_CONTEXT_RATIO * 2) ?? [];
    expect(record).toMatchObject({ service: 'shop', fields: { context_dropped: true } });
    expect(record?.fields).not.toHaveProperty('resource');
  });

  test('in a document, too, a large resource is not copied into many records', async () => {
    const huge = { attributes: [attribute('service.name', text('shop')), attribute('x', text('y'.repeat(10_000)))] };
    const logRecords = Array.from({ length: 100 }, () => ({ body: text('m') }));
    const document = JSON.stringify({ resourceLogs: [{ resource: huge, scopeLogs: [{ logRecords }] }] });
    const { records } = await readAll(document);
    const copies = records.filter(({ fields }) => 'resource' in fields).length;
    expect(copies).toBeGreaterThan(0);
    expect(copies).toBeLessThanOrEqual((document.length * MAX_CONTEXT_RATIO) / 10_000);
    expect(records.at(-1)).toMatchObject({ service: 'shop', fields: { context_dropped: true } });
  });
});
