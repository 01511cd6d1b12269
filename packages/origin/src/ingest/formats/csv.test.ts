import { describe, expect, test } from 'vitest';
import { MAX_RECORD_BYTES } from '../limits.ts';
import { readAll } from '../testing/read-all.ts';

const fieldsOf = async (text: string) => (await readAll(text)).records.map(({ fields }) => fields);

describe('CSV', () => {
  test('a row is a record, and columns with a known role leave fields', async () => {
    const { records, summary } = await readAll(
      'Date,Time,Level,Component,Content,user\n2024-01-15,"10:30:45,123",warning,api,"a, ""b""\nc",7\n',
    );
    expect(summary).toMatchObject({ format: 'csv', lines: 1, unparsed: 0 });
    expect(records[0]).toMatchObject({
      timestamp: '2024-01-15T10:30:45.123Z',
      level: 'WARN',
      service: 'api',
      message: 'a, "b"\nc',
      fields: { user: '7' },
    });
  });

  test('tabs and semicolons are delimiters too', async () => {
    expect((await readAll('a\tb\n1\t"2\t3"\n')).summary.format).toBe('tsv');
    expect(await fieldsOf('a\tb\n1\t"2\t3"\n')).toEqual([{ a: '1', b: '2\t3' }]);
    expect(await fieldsOf('a;b\n1;2,5\n')).toEqual([{ a: '1', b: '2,5' }]);
  });

  test('rows with fewer or more columns are kept, and missing or repeated names are replaced', async () => {
    expect(await fieldsOf('a,b\n1,2\n1\n1,2,3\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n')).toEqual(
      expect.arrayContaining([{ a: '1' }, { a: '1', b: '2', column_3: '3' }]),
    );
  });

  test('without a message column, the message is the raw row', async () => {
    expect((await readAll('a,b\n1,"x ""y"""\n')).records[0]?.message).toBe('1,"x ""y"""');
  });

  test('damaged quotes cost one line, not the rest of the file', async () => {
    const rows = Array.from({ length: 20 }, (_, index) => `${index},fine\n`).join('');
    const { records, summary } = await readAll(`a,b\n${rows}1,"never closed\n2,"closed" early\n3,5" disk\n${rows}`);
    expect(summary).toMatchObject({ format: 'csv', lines: 43, unparsed: 2 });
    expect(records[20]).toMatchObject({ message: '1,"never closed', fields: {} });
    expect(records[21]).toMatchObject({ message: '2,"closed" early', fields: {} });
    expect(records[22]?.fields).toEqual({ a: '3', b: '5" disk' });
  });

  test('a quote that is never closed holds no more than the longest record', async () => {
    const rows = Array.from({ length: 20_000 }, (_, index) => `${index},fine\n`).join('');
    const { records, summary } = await readAll(`a,b\n1,2\n"open,x\n${rows}`);
    expect(summary).toMatchObject({ lines: 20_002, unparsed: 1 });
    expect(records[1]).toMatchObject({ message: '"open,x', fields: {} });
    expect(records[20_001]?.fields).toEqual({ a: '19999', b: 'fine' });
  });

  test('a row longer than the longest record is kept as the beginning of its text', async () => {
    const { records, summary } = await readAll(`a,b\n1,2\n1,${'x'.repeat(MAX_RECORD_BYTES)}\n1,2\n`);
    expect(summary).toMatchObject({ lines: 3, truncated: 1, unparsed: 1 });
    expect(records[1]?.fields).toEqual({ truncated_bytes: 2 });
  });

  test('a row with too many columns is kept as its text', async () => {
    const { records, summary } = await readAll(
      `a,b\n1,2\n${','.repeat(999)}\n${','.repeat(1_000)}\n"",${','.repeat(1_000)}\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n`,
    );
    expect(summary).toMatchObject({ format: 'csv', lines: 16, unparsed: 2 });
    expect(Object.keys(records[1]?.fields ?? {})).toHaveLength(1_000);
    expect(records[2]).toMatchObject({ message: ','.repeat(1_000), fields: {} });
    expect(records[3]).toMatchObject({ message: `"",${','.repeat(1_000)}`, fields: {} });
  });

  test('a blank line is kept raw, and rows that look like log lines are still rows', async () => {
    const { records, summary } = await readAll(
      'ts,level,msg\n2024-01-15 10:30:45,INFO,one\n\n2024-01-15 10:30:46,INFO,two\n',
    );
    expect(summary).toMatchObject({ format: 'csv', lines: 3, unparsed: 1 });
    expect(records.map(({ message }) => message)).toEqual(['one', '', 'two']);
  });

  test('columns named __proto__ or constructor are data', async () => {
    const [fields] = await fieldsOf('__proto__,constructor\n1,2\n');
    expect(Object.entries(fields ?? {})).toEqual([
      ['__proto__', '1'],
      ['constructor', '2'],
    ]);
  });

  test.each(['Starting up,please wait\nerror while loading,abort\nfoo happened,bar\n', 'a b,c d\n1,2\n3,4\n'])(
    'a first line of words without a known column is not a header: %j',
    async (text) => {
      expect((await readAll(text)).summary).toMatchObject({ format: 'text', records: 3, unparsed: 3 });
    },
  );

  test.each(['user name,level\na,INFO\n', 'first,second\n1,2\n', 'Log level, message\nINFO, a\n'])(
    'a first line of names is a header: %j',
    async (text) => {
      expect((await readAll(text)).summary).toMatchObject({ format: 'csv', records: text.split('\n').length - 2 });
    },
  );

  test('sentences with commas are text', async () => {
    expect((await readAll('Hello, world\nGoodbye, moon\n')).summary).toMatchObject({ format: 'text', unparsed: 2 });
  });
});
