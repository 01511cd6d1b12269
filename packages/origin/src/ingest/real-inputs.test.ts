import { createReadStream, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { countBy, readAll, SHARED_DATA_MISSING, sharedData } from './testing/read-all.ts';

const real = test.skipIf(SHARED_DATA_MISSING !== '');
if (SHARED_DATA_MISSING !== '') process.stderr.write(`Ingest of real inputs${SHARED_DATA_MISSING}\n`);

const readReal = (path: string) => readAll(() => createReadStream(sharedData(path)));

const SYSTEM_LOGS = [
  ['Apache', 'apache-error', { NOTICE: 1_405, ERROR: 595 }],
  ['HDFS', 'application', { INFO: 1_920, WARN: 80 }],
  ['Hadoop', 'application', { INFO: 1_040, WARN: 808, ERROR: 150, FATAL: 2 }],
  ['Zookeeper', 'application', { WARN: 1_318, INFO: 669, ERROR: 13 }],
  ['Spark', 'application', { INFO: 2_000 }],
] as const;

describe(`real logs${SHARED_DATA_MISSING}`, () => {
  real.each(SYSTEM_LOGS)('all 2,000 lines of the %s log are read, with its levels', async (name, format, levels) => {
    const { records, summary } = await readReal(`loghub/${name}_2k.log`);
    expect(summary).toMatchObject({ format, lines: 2_000, unparsed: 0, truncated: 0, yearInferred: false });
    expect(countBy(records, 'level')).toEqual(levels);
    expect(summary.errors).toBe(records.filter(({ level }) => level === 'ERROR' || level === 'FATAL').length);
    expect(records.every(({ timestamp }) => timestamp !== null)).toBe(true);
  });

  real.each(['HDFS', 'Hadoop', 'Zookeeper'])(
    'the %s log has the same times, levels, components and messages as its own CSV',
    async (name) => {
      const log = await readReal(`loghub/${name}_2k.log`);
      const csv = await readReal(`loghub/${name}_2k.log_structured.csv`);
      expect(csv.summary).toMatchObject({ format: 'csv', lines: 2_000, unparsed: 0 });
      const valuesOf = ({ records }: typeof log) =>
        records.map(({ line, timestamp, level, service, message }) => ({
          line,
          timestamp,
          level,
          // Zookeeper's CSV leaves parts of an address before the class.
          service: service?.split(':').at(-1),
          message: message.trim(),
        }));
      expect(valuesOf(csv)).toEqual(valuesOf(log));
    },
  );

  real.each(['OpenSSH', 'Linux', 'Mac'])(
    'all 2,000 lines of the %s log are syslog, their year inferred',
    async (name) => {
      const { records, summary } = await readReal(`loghub/${name}_2k.log`);
      expect(summary).toMatchObject({ format: 'syslog-rfc3164', lines: 2_000, unparsed: 0, yearInferred: true });
      expect(records.filter(({ service }) => service === null).length).toBeLessThan(20);
      expect(records.every(({ timestamp }) => timestamp?.startsWith('2025-'))).toBe(true);
    },
  );

  real('520 lines of the OpenSSH log hold "Failed password"', async () => {
    const { records } = await readReal('loghub/OpenSSH_2k.log');
    expect(records.filter(({ message }) => message.includes('Failed password'))).toHaveLength(520);
  });

  real('the access log has its statuses, its 1,753 clients and its four days', async () => {
    const { records, summary } = await readReal('access/apache_logs.log');
    expect(summary).toMatchObject({ format: 'apache-access', lines: 10_000, unparsed: 0, errors: 3 });
    expect(countBy(records, 'status')).toEqual({
      200: 9_126,
      404: 213,
      304: 445,
      301: 164,
      206: 45,
      500: 3,
      403: 2,
      416: 2,
    });
    expect(Object.keys(countBy(records, 'source'))).toHaveLength(1_753);
    const times = records.map(({ timestamp }) => timestamp).sort();
    expect([times[0], times.at(-1)]).toEqual(['2015-05-17T10:05:00.000Z', '2015-05-20T21:05:59.000Z']);
  });

  real('the gzipped web requests are 14,074 records with their statuses and levels', async () => {
    const { records, summary } = await readReal('json/web_sample.ndjson.gz');
    expect(summary).toMatchObject({ format: 'ndjson', gzipped: true, lines: 14_074, unparsed: 0, errors: 441 });
    expect(countBy(records, 'status')).toEqual({ 200: 12_832, 404: 801, 503: 441 });
    expect(countBy(records, 'level')).toEqual({ INFO: 12_832, WARN: 801, ERROR: 441 });
  });
});

describe(`csv-spectrum${SHARED_DATA_MISSING}`, () => {
  const files = SHARED_DATA_MISSING === '' ? readdirSync(sharedData('csv/csv-spectrum/csvs')) : ['*.csv'];
  real.each(files)('%s equals its JSON', async (file) => {
    const { records, summary } = await readReal(`csv/csv-spectrum/csvs/${file}`);
    const json: unknown = JSON.parse(
      readFileSync(sharedData(`csv/csv-spectrum/json/${file.replace('.csv', '.json')}`), 'utf8'),
    );
    const expected = [json].flat().map((row) =>
      // The published JSON of this file has a different telephone number than its CSV.
      file === 'location_coordinates.csv' ? { ...Object(row), 'Contact Phone Number': '2095257564' } : row,
    );
    expect(records.map(({ fields }) => fields)).toEqual(expected);
    expect(summary).toMatchObject({ format: 'csv', unparsed: 0 });
  });
});

/** Text that is not UTF-8 is read as Windows-1252. */
function decoded(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

describe(`JSONTestSuite${SHARED_DATA_MISSING}`, () => {
  const suite = 'hostile/json-test-suite';
  const files = (prefix: string) =>
    SHARED_DATA_MISSING === '' ? readdirSync(sharedData(suite)).filter((file) => file.startsWith(prefix)) : [];

  real('every y_ file is read as JSON', async () => {
    for (const file of files('y_')) {
      const { summary } = await readReal(`${suite}/${file}`);
      expect({ file, format: summary.format, unparsed: summary.unparsed }).toEqual({
        file,
        format: 'json',
        unparsed: 0,
      });
    }
  });

  real('no n_ file is read as JSON: its lines are kept raw and counted as unparsed', async () => {
    for (const file of files('n_')) {
      const { records, summary } = await readReal(`${suite}/${file}`);
      const lines = decoded(readFileSync(sharedData(`${suite}/${file}`)))
        .replaceAll('\0', '\ufffd')
        .split(/\r\n|\r|\n/);
      if (lines.at(-1) === '') lines.pop();
      const { format, unparsed } = summary;
      expect({ file, format, lines: summary.lines, unparsed }).toEqual({
        file,
        format: 'text',
        lines: lines.length,
        unparsed: records.length,
      });
      const longest = 64 * 1024;
      // An indented or blank line belongs to the record before it.
      const kept = records.flatMap(({ message }) => message.split('\n'));
      expect(kept).toEqual(lines.map((line) => line.slice(0, longest)));
    }
  });

  real('no i_ file fails', async () => {
    for (const file of files('i_')) {
      const { records, summary } = await readReal(`${suite}/${file}`);
      expect({ file, records: summary.records }).toEqual({ file, records: records.length });
    }
  });
});

describe(`the big list of naughty strings${SHARED_DATA_MISSING}`, () => {
  const strings = (): string[] => JSON.parse(readFileSync(sharedData('hostile/blns.json'), 'utf8'));
  /** A byte order mark at the start of a line is left out. */
  const asLines = (text: string) =>
    text
      .replaceAll('\0', '\ufffd')
      .split(/\r\n|\r|\n/)
      .map((line) => line.replace(/^\ufeff/, ''));
  /** The lines of all messages: an indented or blank line belongs to the record before it. */
  const lines = async (text: string) => (await readAll(text)).records.flatMap(({ message }) => message.split('\n'));

  real('each is kept as a line of text', async () => {
    for (const string of strings()) {
      // The first line makes the recognised format text.
      expect(await lines(`a line of words\n${string}\n`)).toEqual(['a line of words', ...asLines(string)]);
    }
  });

  real('each is kept as a column of CSV', async () => {
    for (const string of strings()) {
      const { records } = await readAll(`id,value\n1,"${string.replaceAll('"', '""')}"\n2,"x"\n`);
      expect(records.map(({ fields }) => fields)).toEqual([
        { id: '1', value: string },
        { id: '2', value: 'x' },
      ]);
    }
  });

  real('each is kept as a value of JSON, and as a name', async () => {
    for (const string of strings()) {
      const ndjson = await readAll(`${JSON.stringify({ id: 1, naughty: string })}\n${JSON.stringify({ id: 2 })}\n`);
      expect(ndjson.records[0]?.fields).toEqual({ id: 1, naughty: string });
      const document = await readAll(JSON.stringify([{ [`naughty ${string}`]: true }, { message: string }]));
      expect(document.records[0]?.fields).toEqual({ [`naughty ${string}`]: true });
      expect(document.records[1]?.message).toBe(string);
    }
  });
});
