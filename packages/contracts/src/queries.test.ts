import { describe, expect, test } from 'vitest';
import { filesQuerySchema } from './files.ts';
import { searchBodySchema } from './search.ts';
import { statsQuerySchema } from './stats.ts';

describe('parsing the output again does not change it, which keys and stored recipes rely on', () => {
  const rows = [
    [statsQuerySchema, {}],
    [statsQuerySchema, { from: '2015-05-17', to: '2015-05-18T02:00:00+02:00', service: 'api' }],
    [statsQuerySchema, { level: ['WARN', 'ERROR', 'WARN'], file_id: '01890A5D-ac96-774b-bcce-b302099a8057' }],
    [statsQuerySchema, { tz: 'us/eastern', interval: '1h' }],
    [statsQuerySchema, { tz: 'Etc/UTC' }],
    [searchBodySchema, {}],
    [searchBodySchema, { q: 'disk', level: 'WARN', from: '2015-05-17' }],
    [searchBodySchema, { level: ['WARN', 'ERROR', 'WARN'], page: 3, page_size: 7, sort: 'oldest' }],
    [searchBodySchema, { after: 'x', page_size: 7 }],
    [searchBodySchema, { q: 'level:error (disk* OR "a b")', context: 3 }],
    [filesQuerySchema, {}],
    [filesQuerySchema, { limit: '7', cursor: 'x', state: 'failed', name: 'Shop' }],
  ] as const;
  test.for(rows)('%#', ([schema, given]) => {
    const once = schema.parse(given);
    expect(schema.parse(once)).toEqual(once);
  });
});

test('a search with explicit defaults is the same search', () => {
  const plain = searchBodySchema.parse({});
  expect(searchBodySchema.parse({ q: '', page: 1, page_size: 50, sort: 'newest' })).toEqual(plain);
  expect(searchBodySchema.parse({ level: 'WARN' })).toEqual(searchBodySchema.parse({ level: ['WARN', 'WARN'] }));
  expect(searchBodySchema.parse({ level: ['WARN', 'INFO'] })).toEqual(
    searchBodySchema.parse({ level: ['INFO', 'WARN'] }),
  );
});

test('the last page of the window is accepted, the next one is not', () => {
  expect(searchBodySchema.safeParse({ page: 100, page_size: 100 }).success).toBe(true);
  expect(searchBodySchema.safeParse({ page: 101, page_size: 100 }).success).toBe(false);
});

test('the order of lines needs a file', () => {
  const file_id = '01890a5d-ac96-774b-bcce-b302099a8057';
  expect(searchBodySchema.safeParse({ sort: 'line', file_id }).success).toBe(true);
  const { error } = searchBodySchema.safeParse({ sort: 'line' });
  expect(error?.issues).toMatchObject([
    { path: ['sort'], message: expect.stringMatching(/^expected newest or oldest without file_id/) },
  ]);
});

test('a page beside a cursor is refused', () => {
  expect(searchBodySchema.safeParse({ after: 'x', page: 1 }).success).toBe(true);
  expect(searchBodySchema.safeParse({ after: 'x', page: 2 }).success).toBe(false);
});

test.for(['a\0b', '\ud800', 'a\udc00b'])('text that the stores cannot hold is refused: %j', (text) => {
  expect(searchBodySchema.safeParse({ q: text }).success).toBe(false);
  expect(searchBodySchema.safeParse({ service: text }).success).toBe(false);
  expect(statsQuerySchema.safeParse({ service: text }).success).toBe(false);
  expect(filesQuerySchema.safeParse({ cursor: text }).success).toBe(false);
});

test('any well-formed text in quotes is accepted', () => {
  expect(searchBodySchema.parse({ q: '"🪵 x ( \\ \u0001 \ufffd"' }).q).toBe('"🪵 x ( \\ \u0001 \ufffd"');
});
