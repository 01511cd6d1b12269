import { expect, test } from 'vitest';
import { readAll } from '../testing/read-all.ts';

const record = (second: number) => ({ time: `2026-03-01T10:00:0${second}Z`, level: 'Error', message: `m${second}` });

test.each(['records', 'Records'])('each of the %s on a line of JSON is one', async (member) => {
  const lines = [[1, 2], [3]].map((seconds) => JSON.stringify({ [member]: seconds.map(record) }));
  const { records, summary } = await readAll(`${lines.join('\n')}\n`);
  expect(summary).toMatchObject({ format: 'json-envelope', records: 3, errors: 3 });
  expect(records.map(({ timestamp, message }) => [timestamp, message])).toEqual(
    [1, 2, 3].map((second) => [`2026-03-01T10:00:0${second}.000Z`, `m${second}`]),
  );
});

test('an object with records and other members is one record', async () => {
  const line = JSON.stringify({ records: [record(1)], count: 1 });
  const { records, summary } = await readAll(`${line}\n${line}\n`);
  expect(summary.format).toBe('ndjson');
  expect(records).toHaveLength(2);
});
