import { LEVELS } from '@pilotlight/contracts';
import { expect, test } from 'vitest';
import { addFile, type LogStoreWorld, messages, record, search, second } from './world.ts';

/** Tests the filters, order, pages and shape of search. */
export function searchContract(world: () => LogStoreWorld): void {
  shapeContract(world);
  textShapeContract(world);
  orderContract(world);
  filterContract(world);
  highlightContract(world);
  contextContract(world);
  severalLinesContract(world);
}

function shapeContract(world: () => LogStoreWorld): void {
  test('a record is returned as it was written', async () => {
    const fileId = await addFile(world(), [
      record(7, {
        lineEnd: 9,
        timestamp: '2015-05-17T10:05:03.123Z',
        level: 'WARN',
        service: 'httpd',
        message: 'tab\there, new\nline, \\N and "quotes" \u{1f600}',
        source: '83.149.9.216',
        method: 'GET',
        path: '/a?b=c',
        status: 404,
        responseTimeMs: 0.25,
        fields: { agent: 'curl', nested: { list: [1, null, 'x'] }, 'key with "quotes"': '\\', nothing: null },
      }),
    ]);
    const { results } = await search(world(), { file_id: fileId });
    expect(results).toEqual([
      {
        id: `${fileId}:7`,
        timestamp: '2015-05-17T10:05:03.123Z',
        level: 'WARN',
        service: 'httpd',
        message: 'tab\there, new\nline, \\N and "quotes" \u{1f600}',
        file_id: fileId,
        line: 7,
        line_end: 9,
        fields: {
          source: '83.149.9.216',
          method: 'GET',
          path: '/a?b=c',
          status: 404,
          response_time_ms: 0.25,
          agent: 'curl',
          nested: { list: [1, null, 'x'] },
          'key with "quotes"': '\\',
          nothing: null,
        },
        highlight: [],
      },
    ]);
  });
}

function textShapeContract(world: () => LogStoreWorld): void {
  test('a record of only text has nulls and no fields', async () => {
    const fileId = await addFile(world(), [record(1, { message: '', level: 'UNKNOWN' })]);
    const { results } = await search(world(), { file_id: fileId });
    expect(results).toEqual([
      {
        id: `${fileId}:1`,
        timestamp: null,
        level: 'UNKNOWN',
        service: null,
        message: '',
        file_id: fileId,
        line: 1,
        line_end: 1,
        fields: {},
        highlight: [],
      },
    ]);
  });
}

function orderContract(world: () => LogStoreWorld): void {
  test('the order is total, undated records come last, and pages neither overlap nor leave a gap', async () => {
    const same = { timestamp: second(5), service: 'paging' };
    const first = await addFile(world(), [
      record(1, { ...same, message: 'a1' }),
      record(2, { ...same, message: 'a2' }),
      record(3, { message: 'a3', service: 'paging' }),
      record(4, { message: 'a4', service: 'paging', timestamp: second(9) }),
    ]);
    await addFile(world(), [
      record(1, { ...same, message: 'b1' }),
      record(2, { message: 'b2', service: 'paging' }),
      record(3, { message: 'b3', service: 'paging', timestamp: second(1) }),
    ]);
    const newest = ['a4', 'b1', 'a2', 'a1', 'b3', 'b2', 'a3'];
    const oldest = ['b3', 'a1', 'a2', 'b1', 'a4', 'a3', 'b2'];
    for (const [sort, expected] of [
      ['newest', newest],
      ['oldest', oldest],
    ] as const) {
      for (const page_size of [1, 2, 3, 4, 7, 50]) {
        const seen: string[] = [];
        for (let page = 1; page <= Math.ceil(7 / page_size) + 1; page += 1) {
          const answer = await search(world(), { service: 'paging', sort, page, page_size });
          expect(answer).toMatchObject({ total: 7, page, page_size });
          seen.push(...answer.results.map((hit) => hit.message));
        }
        expect(seen).toEqual(expected);
      }
    }
    expect(await messages(world(), { file_id: first })).toEqual(['a4', 'a2', 'a1', 'a3']);
  });

  test('the lines of a file can be read in its order, page by page', async () => {
    const times = [7, null, 3, 9, null, 1];
    const fileId = await addFile(
      world(),
      times.map((at, index) =>
        record(index * 10 + 1, {
          message: `f${index}`,
          timestamp: at === null ? null : second(at),
          lineEnd: index * 10 + 9,
        }),
      ),
    );
    const inOrder = ['f0', 'f1', 'f2', 'f3', 'f4', 'f5'];
    for (const page_size of [1, 2, 4, 50]) {
      const seen: string[] = [];
      for (let after: string | null | undefined; after !== null; ) {
        const body = { file_id: fileId, sort: 'line', page_size, ...(after !== undefined && { after }) };
        const answer = await search(world(), body);
        expect(answer).toMatchObject({ total: 6, total_relation: 'eq' });
        seen.push(...answer.results.map((hit) => hit.message));
        after = answer.next;
      }
      expect(seen).toEqual(inOrder);
    }
    expect(await messages(world(), { file_id: fileId, sort: 'line', page: 2, page_size: 4 })).toEqual(['f4', 'f5']);
    expect(await messages(world(), { file_id: fileId, sort: 'line', from: second(2) })).toEqual(['f0', 'f2', 'f3']);
  });
}

function filterContract(world: () => LogStoreWorld): void {
  test('each filter narrows the result, and all filters combine', async () => {
    const fileId = await addFile(
      world(),
      LEVELS.map((level, index) =>
        record(index + 1, {
          level,
          service: index % 2 === 0 ? 'even' : 'odd',
          timestamp: second(index),
          message: level,
        }),
      ),
    );
    const find = async (body: Record<string, unknown>): Promise<string[]> =>
      await messages(world(), { file_id: fileId, sort: 'oldest', ...body });
    expect(await find({ level: 'ERROR' })).toEqual(['ERROR']);
    expect(await find({ level: ['FATAL', 'TRACE'] })).toEqual(['TRACE', 'FATAL']);
    expect(await find({ service: 'odd' })).toEqual(['DEBUG', 'NOTICE', 'ERROR', 'UNKNOWN']);
    expect(await find({ service: 'ODD' })).toEqual([]);
    expect(await find({ from: second(2), to: second(4) })).toEqual(['INFO', 'NOTICE']);
    expect(await find({ from: second(6) })).toEqual(['FATAL', 'UNKNOWN']);
    expect(await find({ service: 'odd', level: ['ERROR', 'FATAL'], from: second(1), q: 'error' })).toEqual(['ERROR']);
    expect(await find({ file_id: '01890a5d-ac96-774b-bcce-b302099a8057' })).toEqual([]);
  });

  test('took_ms is a duration', async () => {
    expect((await search(world())).took_ms).toBeGreaterThanOrEqual(0);
  });
}

function highlightContract(world: () => LogStoreWorld): void {
  test('a hit has the ranges of its message that the query names', async () => {
    const fileId = await addFile(world(), [record(1, { message: '🪵 Café: disk full, disk gone', service: 'disk' })]);
    const { results } = await search(world(), { file_id: fileId, q: 'cafe "disk full" di* -none service:disk' });
    expect(results.map(({ highlight }) => highlight)).toEqual([
      [
        [3, 7],
        [9, 18],
        [20, 24],
      ],
    ]);
  });
}

function contextContract(world: () => LogStoreWorld): void {
  test('a hit has the lines before and after it, of its file only', async () => {
    const lines = Array.from({ length: 6 }, (_, index) =>
      record(index + 1, {
        message: index === 0 || index === 4 ? `found ${index + 1}` : `line ${index + 1}`,
        level: index === 2 ? 'ERROR' : 'INFO',
        timestamp: second(index),
        service: 'near',
      }),
    );
    await addFile(world(), lines);
    const fileId = await addFile(world(), lines);
    const of = (...numbers: number[]) =>
      numbers.map((number) => {
        const { line, lineEnd, timestamp, level, service, message } = lines[number - 1] ?? record(0);
        return { line, line_end: lineEnd, timestamp, level, service, message };
      });
    const body = { file_id: fileId, q: 'found', sort: 'oldest' };
    const contexts = async (context: number) =>
      (await search(world(), { ...body, context })).results.map((hit) => hit.context);
    expect(await contexts(0)).toEqual([undefined, undefined]);
    expect(await contexts(2)).toEqual([
      { before: [], after: of(2, 3) },
      { before: of(3, 4), after: of(6) },
    ]);
    expect(await search(world(), { ...body, q: 'nothing here', context: 20 })).toMatchObject({ results: [] });
  });
}

function severalLinesContract(world: () => LogStoreWorld): void {
  test('the context of a hit counts lines, and has the records of several lines within them', async () => {
    const fileId = await addFile(world(), [
      record(1, { message: 'first' }),
      record(2, { message: 'a long trace', lineEnd: 31 }),
      record(32, { message: 'between' }),
      record(33, { message: 'found', lineEnd: 40 }),
      record(41, { message: 'after', lineEnd: 50 }),
      record(51, { message: 'last' }),
    ]);
    await addFile(world(), [record(20, { message: 'of another file', lineEnd: 32 })]);
    const near = async (context: number) =>
      (await search(world(), { file_id: fileId, q: 'found', context })).results.map((hit) => ({
        before: hit.context?.before.map(({ line, line_end }) => [line, line_end]),
        after: hit.context?.after.map(({ line, line_end }) => [line, line_end]),
      }));
    expect(await near(1)).toEqual([{ before: [[32, 32]], after: [[41, 50]] }]);
    const both = [
      [2, 31],
      [32, 32],
    ];
    expect(await near(2)).toEqual([{ before: both, after: [[41, 50]] }]);
    expect(await near(11)).toEqual([
      {
        before: both,
        after: [
          [41, 50],
          [51, 51],
        ],
      },
    ]);
  });
}
