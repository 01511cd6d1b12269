import { describe, expect, test } from 'vitest';
import { MAX_OPEN_STREAMS } from './limits.ts';
import { readAll } from './testing/read-all.ts';

const START = '2026-03-01 10:00:00,123 ERROR shop.pay: charge failed';
const NEXT = '2026-03-01 10:00:01,123 INFO shop.pay: parked';

const docker = (log: string, stream = 'stdout', time = '2026-03-01T10:00:00Z') => JSON.stringify({ log, stream, time });

describe('wrapped lines', () => {
  test('are read in turn, and the columns of the wrapper stay', async () => {
    const { records, summary } = await readAll(
      `${docker('{"level":"warn","msg":"m","stream":"x"}\n')}\n${docker('plain words\n')}\n`,
    );
    expect(records).toMatchObject([
      {
        timestamp: '2026-03-01T10:00:00.000Z',
        level: 'WARN',
        message: 'm',
        fields: { stream: 'x', outer_stream: 'stdout' },
      },
      { timestamp: '2026-03-01T10:00:00.000Z', level: 'UNKNOWN', message: 'plain words', fields: { stream: 'stdout' } },
    ]);
    expect(summary).toMatchObject({ format: 'docker-json-file', unparsed: 0 });
  });

  test('in two wrappers are read, in three are not', async () => {
    const inner = '2026-03-01T10:00:00Z stdout F {"level":"warn","msg":"m"}';
    const { records } = await readAll(
      `${docker(`${inner}\n`)}\n${docker(`2026-03-01T10:00:00Z stdout F ${inner}\n`)}\n`,
    );
    expect(records).toMatchObject([
      { level: 'WARN', message: 'm' },
      { level: 'UNKNOWN', message: expect.stringContaining('stdout F {"level":"warn"') },
    ]);
  });

  test('of interleaved outputs do not tear a trace', async () => {
    const { records } = await readAll(
      [
        docker(`${START}\n`, 'stderr'),
        docker(`${NEXT}\n`),
        docker('java.lang.Error: x\n', 'stderr'),
        docker(`${NEXT}\n`),
        docker('\tat a.B.c(B.java:1)\n', 'stderr'),
        docker(`${NEXT}\n`, 'stderr'),
      ].join('\n'),
    );
    expect(records.map(({ line, lineEnd }) => [line, lineEnd])).toEqual([
      [1, 5],
      [2, 2],
      [4, 4],
      [6, 6],
    ]);
    expect(records[0]?.message).toBe('charge failed\njava.lang.Error: x\n\tat a.B.c(B.java:1)');
  });

  test('more than a second later are another event', async () => {
    const after = async (time: string) =>
      (await readAll(`${docker(`${START}\n`)}\n${docker('\tat a.B.c(B.java:1)\n', 'stdout', time)}\n`)).records.length;
    expect(await after('2026-03-01T10:00:01Z')).toBe(1);
    expect(await after('2026-03-01T10:00:01.001Z')).toBe(2);
  });

  test('in parts are joined, in the place of their first part', async () => {
    const { records } = await readAll(
      [docker('{"level":"warn",'), docker('words\n', 'stderr'), docker('"msg":"m"}\n'), docker('no end')].join('\n'),
    );
    expect(records.map(({ line, lineEnd, message }) => [line, lineEnd, message])).toEqual([
      [1, 3, 'm'],
      [2, 2, 'words'],
      [4, 4, 'no end'],
    ]);
  });

  test('in parts beyond the limit begin records that refer to the one before', async () => {
    const part = 'x'.repeat(16_000);
    const lines = [...Array.from({ length: 9 }, () => docker(part)), docker('end\n'), docker('next\n')];
    const { records } = await readAll(lines.join('\n'));
    expect(records.map(({ line, lineEnd, fields }) => [line, lineEnd, fields['continues_line']])).toEqual([
      [1, 4, undefined],
      [5, 8, 1],
      [9, 10, 5],
      [11, 11, undefined],
    ]);
    expect(records.map(({ message }) => message).join('')).toBe(`${part.repeat(9)}endnext`);
  });

  test('of a silent output do not hold back the others for ever', async () => {
    const lines = [docker(`${START}\n`, 'stderr')];
    for (let line = 0; line < 3_000; line++) lines.push(docker(`${NEXT}\n`));
    lines.push(docker('\tat a.B.c(B.java:1)\n', 'stderr'));
    const { records } = await readAll(lines.join('\n'));
    expect(records[0]).toMatchObject({ line: 1, lineEnd: 1, message: 'charge failed' });
    expect(records.at(-1)).toMatchObject({ line: 3_002, fields: { continues_line: 1 }, level: 'ERROR' });
  });

  test('of more outputs than are kept open lose nothing', async () => {
    const count = MAX_OPEN_STREAMS + 20;
    const lines = Array.from({ length: count }, (_, index) => docker(`${START}\n`, `s${index}`));
    lines.push(docker('  at x\n', `s${count - 1}`), docker('  at y\n', 's0'));
    const { records } = await readAll(lines.join('\n'));
    expect(records).toHaveLength(count + 1);
    expect(records[count - 1]).toMatchObject({ line: count, lineEnd: count + 1 });
    expect(records.at(-1)).toMatchObject({ line: count + 2, message: '  at y' });
  });
});
