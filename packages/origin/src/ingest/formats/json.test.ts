import { describe, expect, test } from 'vitest';
import { MAX_RECORD_BYTES } from '../limits.ts';
import { inChunks, readAll } from '../testing/read-all.ts';

describe('JSON lines', () => {
  test('lines are independent: a broken line is kept raw, the others are records', async () => {
    const { records, summary } = await readAll('{"msg":"a"}\n{"msg":\n\n{"msg":"b"}\n[1]\n"text"\n');
    expect(summary).toMatchObject({ format: 'ndjson', lines: 6, records: 5, unparsed: 1 });
    expect(records.map(({ message }) => message)).toEqual(['a', '{"msg":\n', 'b', '[1]', 'text']);
  });

  test('columns get the role that their name implies, and the others keep their value', async () => {
    const { records } = await readAll(
      '{"time":1705314645123,"level":"error","name":"x","msg":"m","clientIP":"1.2.3.4:80","http.response.status_code":"503",' +
        '"response_time_ms":12.5,"method":"get","request":"GET /a HTTP/1.1","n":{"a":[1]}}\n{}\n',
    );
    expect(records[0]).toEqual({
      line: 1,
      lineEnd: 1,
      timestamp: '2024-01-15T10:30:45.123Z',
      level: 'ERROR',
      service: null,
      message: 'm',
      source: '1.2.3.4',
      method: 'GET',
      path: '/a',
      status: 503,
      responseTimeMs: 12.5,
      fields: { name: 'x', n: { a: [1] } },
    });
    expect(records[1]).toMatchObject({ message: '{}', fields: {} });
  });

  test('a time whose zone or date has several meanings stays in fields', async () => {
    const { records } = await readAll(
      '{"time":"2024-01-15 10:30:45 IST","msg":"a"}\n{"time":"05/01/2024 10:30:45","msg":"b"}\n',
    );
    expect(records).toMatchObject([
      { timestamp: null, fields: { time: '2024-01-15 10:30:45 IST', zone_ambiguous: 'IST' } },
      { timestamp: null, fields: { time: '05/01/2024 10:30:45', date_ambiguous: '05/01/2024' } },
    ]);
  });

  test('nested values of the Elastic Common Schema are found and also stay in place', async () => {
    const columns = {
      log: { level: 'error', logger: 'a.b' },
      service: { name: 'api' },
      source: { ip: '::1' },
      http: { request: { method: 'GET' }, response: { status_code: 500 } },
      url: { path: '/a' },
    };
    const { records } = await readAll(`${JSON.stringify(columns)}\n{}\n`);
    expect(records[0]).toMatchObject({
      level: 'ERROR',
      service: 'api',
      source: '::1',
      method: 'GET',
      status: 500,
      path: '/a',
      fields: columns,
    });
  });

  test('a value that does not fit its role stays in fields', async () => {
    const { records } = await readAll(
      '{"status":"abc","level":"5 stars","timestamp":"soon","ip":"here","duration":"long","message":{"a":1},"path":"a b"}\n{}',
    );
    expect(records[0]).toMatchObject({ timestamp: null, level: 'UNKNOWN', status: null, source: null, path: null });
    expect(Object.keys(records[0]?.fields ?? {})).toHaveLength(7);
  });

  test('large integers, odd names and unstorable strings survive', async () => {
    const { records } = await readAll(
      '{"id":12345678901234567890,"far":1e999,"__proto__":{"x":1},"s":"\\u0000\\ud800","\\u0000":1}\n{"a":1,"a":2}\n',
    );
    expect(Object.entries(records[0]?.fields ?? {})).toEqual([
      ['id', '12345678901234567890'],
      ['far', '1e999'],
      ['__proto__', { x: 1 }],
      ['s', '\ufffd\ufffd'],
      ['\ufffd', 1],
    ]);
    expect(records[1]?.fields).toEqual({ a: 2 });
  });

  test('a line nested too deep for stores is kept as text', async () => {
    const deep = `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
    const { records, summary } = await readAll(`{"a":1}\n${deep}\n`);
    expect(summary).toMatchObject({ format: 'ndjson', unparsed: 1 });
    expect(records[1]).toMatchObject({ message: deep, fields: {} });
  });

  test('lines longer than the recognised head are still JSON lines', async () => {
    const long = JSON.stringify({ msg: 'x'.repeat(2 * MAX_RECORD_BYTES) });
    const { summary } = await readAll(`${long}\n{"msg":"a"}\n${long}\n`);
    expect(summary).toMatchObject({ format: 'ndjson', lines: 3, unparsed: 2, truncated: 2 });
  });
});

describe('JSON documents', () => {
  test('the elements of an array are records, of any type', async () => {
    const { records, summary } = await readAll('[\n  {"msg":"a"},\n  "b", 3, null,\n  [1, 2]\n]\n');
    expect(summary).toMatchObject({ format: 'json', lines: 5, unparsed: 0 });
    expect(records.map(({ message }) => message)).toEqual(['a', 'b', '3', 'null', '[1, 2]']);
  });

  test('an object with one array of objects has its records there', async () => {
    const { records, summary } = await readAll(
      '{"meta":{"x":[{}]},"tags":["t"],"logs":[{"msg":"a"},{"msg":"b"}],"none":[]}',
    );
    expect(summary).toMatchObject({ format: 'json', lines: 2 });
    expect(records.map(({ message }) => message)).toEqual(['a', 'b']);
  });

  test('any other object is one record', async () => {
    for (const text of ['{"msg":"a",\n"x":[1]}', '{"msg":"a","x":[{}],"y":[{}]}', '{"msg":"a"}\n']) {
      const { records, summary } = await readAll(text);
      expect(summary).toMatchObject({ format: 'json', lines: 1, unparsed: 0 });
      expect(records[0]?.message).toBe('a');
    }
  });

  test('a document that breaks far from its start is not JSON: every line is kept raw', async () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => `{"msg":"${index}"},`);
    const { summary } = await readAll(() => inChunks(Buffer.from(`[\n${lines.join('\n')}\noops]\n`), 50_000));
    expect(summary).toMatchObject({ format: 'text', lines: 20_002, unparsed: 20_002 });
  });

  test('a value longer than the longest record is kept as the beginning of its text', async () => {
    const { records, summary } = await readAll(JSON.stringify([{ msg: 'x'.repeat(MAX_RECORD_BYTES) }, { msg: 'b' }]));
    expect(summary).toMatchObject({ format: 'json', lines: 2, truncated: 1, unparsed: 1 });
    expect(records[0]?.message).toHaveLength(MAX_RECORD_BYTES);
    expect(records[1]?.message).toBe('b');
  });
});
