import { describe, expect, test } from 'vitest';
import { filesQuerySchema } from './files.ts';
import { searchBodySchema } from './search.ts';
import { statsQuerySchema } from './stats.ts';

describe('what was parsed once stays the same when it is parsed again: keys and stored recipes rest on it', () => {
  const rows = [
    [statsQuerySchema, {}],
    [statsQuerySchema, { from: '2015-05-17', to: '2015-05-18T02:00:00+02:00', service: 'api' }],
    [searchBodySchema, {}],
    [searchBodySchema, { q: 'disk', level: 'WARN', from: '2015-05-17' }],
    [searchBodySchema, { level: ['WARN', 'ERROR', 'WARN'], page: 3, page_size: 7, sort: 'oldest' }],
    [filesQuerySchema, {}],
    [filesQuerySchema, { limit: '7', cursor: 'x' }],
  ] as const;
  test.for(rows)('%#', ([schema, given]) => {
    const once = schema.parse(given);
    expect(schema.parse(once)).toEqual(once);
  });
});

test('a search that says what is the default anyway is the same search', () => {
  const plain = searchBodySchema.parse({});
  expect(searchBodySchema.parse({ q: '', page: 1, page_size: 50, sort: 'newest' })).toEqual(plain);
  expect(searchBodySchema.parse({ level: 'WARN' })).toEqual(searchBodySchema.parse({ level: ['WARN', 'WARN'] }));
  expect(searchBodySchema.parse({ level: ['WARN', 'INFO'] })).toEqual(
    searchBodySchema.parse({ level: ['INFO', 'WARN'] }),
  );
});

test('the last page of the window can be asked for, the next can not', () => {
  expect(searchBodySchema.safeParse({ page: 100, page_size: 100 }).success).toBe(true);
  expect(searchBodySchema.safeParse({ page: 101, page_size: 100 }).success).toBe(false);
});

test.for(['a\0b', '\ud800', 'a\udc00b'])('text that no store can hold is refused: %j', (text) => {
  expect(searchBodySchema.safeParse({ q: text }).success).toBe(false);
  expect(searchBodySchema.safeParse({ service: text }).success).toBe(false);
  expect(statsQuerySchema.safeParse({ service: text }).success).toBe(false);
  expect(filesQuerySchema.safeParse({ cursor: text }).success).toBe(false);
});

test('text that is whole can be asked for, whatever it holds', () => {
  expect(searchBodySchema.parse({ q: '🪵 "\\ \u0001 \ufffd' }).q).toBe('🪵 "\\ \u0001 \ufffd');
});
