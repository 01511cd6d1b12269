import { describe, expect, test } from 'vitest';
import { readAll } from '../testing/read-all.ts';
import { parseUserShape } from './user-shapes.ts';

const SHAPE = parseUserShape(
  JSON.stringify({
    name: 'tickets',
    pattern: '%{TIMESTAMP_ISO8601:timestamp} <%{WORD:level}> %{WORD:service}; %{GREEDYDATA:message}',
  }),
);
const LINES = '2026-01-01T10:00:00Z <error> mail; refused\n2026-01-01T10:00:01Z <info> pay; done\n';

describe('the shapes of users', () => {
  test('are tried before the built-in formats', async () => {
    const { records, summary } = await readAll(LINES, { shapes: [SHAPE] });
    expect(summary).toMatchObject({ format: 'tickets', unparsed: 0, errors: 1 });
    expect(records).toMatchObject([
      { service: 'mail', message: 'refused' },
      { service: 'pay', level: 'INFO' },
    ]);
  });

  test('do not read the files of other uploads', async () => {
    const { summary } = await readAll(LINES);
    expect(summary.format).not.toBe('tickets');
  });

  test('keep a file from being read as a table', async () => {
    const shape = parseUserShape(JSON.stringify({ name: 'pairs', pattern: '(?<left>\\w+),(?<right>\\w+)' }));
    const text = 'a,b\nc,d\ne,f\n';
    expect((await readAll(text, { shapes: [shape] })).summary.format).toBe('pairs');
    expect((await readAll(text)).summary.format).toBe('csv');
  });
});
