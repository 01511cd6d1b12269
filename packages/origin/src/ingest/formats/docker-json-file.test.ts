import { describe, expect, test } from 'vitest';
import { readAll } from '../testing/read-all.ts';

/** Writes a part of a line as Docker's json-file driver does; without a line end the line continues. */
function part(log: string, time: string): string {
  return `${JSON.stringify({ log, stream: 'stdout', time: `2026-03-01T${time}.1Z` })}\n`;
}

describe("Docker's json-file driver", () => {
  test('is recognised in a file of one line', async () => {
    const { records, summary } = await readAll(part('2026-03-01 10:00:00 ERROR boom\n', '10:00:00'));
    expect(summary).toMatchObject({ format: 'docker-json-file', records: 1, errors: 1 });
    expect(records[0]).toMatchObject({ level: 'ERROR', message: 'boom', fields: { stream: 'stdout' } });
  });

  test.each(['{"log":"a","b":1}\n', '{"log":"a",\n"stream":"stdout"}\n'])('%j is a JSON document', async (text) => {
    expect((await readAll(text)).summary).toMatchObject({ format: 'json', records: 1 });
  });

  test('has parts of a line that follow at once, which are joined', async () => {
    const { records } = await readAll(part('2026-03-01 10:00:00 INFO a', '10:00:00') + part('b\n', '10:00:01'));
    expect(records.map(({ message }) => message)).toEqual(['ab']);
  });

  test('has parts an hour apart, which are two records', async () => {
    const { records } = await readAll(
      part('abc', '10:00:00') + part('2026-03-01 11:00:00 ERROR restart\n', '11:00:00'),
    );
    expect(records).toMatchObject([{ message: 'abc' }, { message: 'restart', level: 'ERROR' }]);
  });

  test.each([
    ['\u001b[31mERROR\u001b[0m cannot connect\r\n', 'ERROR'],
    ['info: ready\n', 'INFO'],
    ['no error found\n', 'UNKNOWN'],
  ])('with the log %j has the level %s', async (log, level) => {
    expect((await readAll(part(log, '10:00:00'))).records).toMatchObject([{ level }]);
  });
});
