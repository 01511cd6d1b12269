import { LEVELS, searchBodySchema } from '@pilotlight/contracts';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { LogRecord } from '../../log-record.ts';
import { matchesText } from './brute-force-search.ts';
import { addFile, type LogStoreWorld, messages, record, second } from './world.ts';

const RECORDS: LogRecord[] = [
  { message: 'GET /api/users', level: 'INFO', service: 'web', method: 'GET', path: '/api/users', status: 200 },
  { message: 'denied', level: 'ERROR', service: 'web-2', method: 'POST', path: '/api/orders?id=7', status: 503 },
  { message: 'started', level: 'INFO', source: '10.0.0.7', fields: { host: 'db-1.example', port: 5432, tls: true } },
  { message: 'host db-1 port 5432 is down', level: 'FATAL', fields: { user: { name: 'Zoë', id: 42 } } },
  {
    message: 'plain',
    level: 'UNKNOWN',
    fields: { status: 'ok', 'a.b': 'flat', a: { b: 'nested' }, list: ['x'], none: null },
  },
  { message: 'odd', level: 'WARN', service: '-', path: '*', fields: { text: '{"a":1}', 'key=with': '日本語' } },
].map((parts, index) => record(index + 1, { fields: {}, ...parts } as Partial<LogRecord>));

const FIELDS: [string, number[]][] = [
  ['level:error', [1]],
  ['level:ERROR OR level:fatal', [1, 3]],
  ['-level:info', [1, 3, 4, 5]],
  ['service:web', [0]],
  ['service:web*', [0, 1]],
  ['service:Web', []],
  ['service:"-"', [5]],
  ['status:503', [1]],
  ['status:5* method:post', [1]],
  ['status:5', []],
  ['NOT status:*', [2, 3, 5]],
  ['status:"ok"', [4]],
  ['path:/api/*', [0, 1]],
  ['path:/api/orders?id=7', [1]],
  ['path:"*"', [5]],
  ['source:10.0.0.7', [2]],
  ['source:10.0.0.*', [2]],
  ['source:10.0.0', []],
];

const PARSED: [string, number[]][] = [
  ['host:db-1.example', [2]],
  ['port:5432', [2, 3]],
  ['-port:5432', [0, 1, 4, 5]],
  ['tls:true', [2]],
  ['user.name:Zoë', [3]],
  ['user.id:4*', [3]],
  ['a.b:flat OR a.b:nested', [4]],
  ['list.0:x', [4]],
  ['none:null', []],
  ['text:"{"', []],
  ['a:*', [5]],
  ['user:*', []],
];

const COLUMNS: [string, number[]][] = [
  ['orders', [1]],
  ['"db 1 example"', [2]],
  ['example', [2]],
  ['5432', [2, 3]],
  ['zoe', [3]],
  ['web', [0, 1]],
  ['503', [1]],
  ['本', [5]],
  ['started db', [2]],
  ['"started 10"', []],
  ['flat nested', [4]],
];

/** Tests terms about columns, and that any query finds what a model finds. */
export function queryContract(world: () => LogStoreWorld): void {
  let fileId = '';
  const all = [...RECORDS, ...mixedRecords()].map((each, index) => ({ ...each, line: index + 1 }));
  const find = async (q: string): Promise<string[]> => await messages(world(), { q, file_id: fileId, sort: 'oldest' });
  const those = (indexes: number[]): string[] => indexes.map((index) => RECORDS[index]?.message ?? '');
  beforeAll(async () => {
    fileId = await addFile(world(), RECORDS);
  });

  test.for(FIELDS)('%s: the column is compared', async ([q, expected]) => {
    expect(await find(q)).toEqual(those(expected));
  });

  test.for(PARSED)('%s: a parsed column is compared, and its words are found in texts', async ([q, expected]) => {
    expect(await find(q)).toEqual(those(expected));
  });

  test.for(COLUMNS)('%s: the words of columns are found, each column for itself', async ([q, expected]) => {
    expect(await find(q)).toEqual(those(expected));
  });

  test('any query finds what the model finds', { timeout: 120_000 }, async () => {
    const mixed = await addFile(world(), all, 50);
    await fc.assert(
      fc.asyncProperty(queries, async (q) => {
        const found = await world().store.search(searchBodySchema.parse({ q, file_id: mixed, page_size: 1_000 }));
        const expected = all.filter((each) => matchesText(q, each)).map(({ line }) => line);
        expect(found.results.map(({ line }) => line).sort((a, b) => a - b)).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });
}

const WORDS = [
  'error',
  'err',
  'disk',
  'Café',
  'cafe',
  '日本',
  '本',
  '10.0.0.7',
  '10',
  'web',
  'GET',
  '/api/users',
  'ok',
  '42',
];
const NAMES = ['service', 'path', 'method', 'source', 'host', 'user.id', 'status', 'a.b'];

/** Records of a small vocabulary, so that random queries find some of them. */
function mixedRecords(): LogRecord[] {
  const pick = <T>(items: readonly T[], index: number): T => items[index % items.length] as T;
  return Array.from({ length: 60 }, (_, n) =>
    record(n, {
      message: [pick(WORDS, n), pick(WORDS, n * 3 + 1), pick(WORDS, n * 7 + 2)].join(pick([' ', ', ', ''], n)),
      timestamp: n % 5 === 0 ? null : second(n),
      level: pick(LEVELS, n),
      service: n % 3 === 0 ? pick(WORDS, n + 4) : null,
      path: n % 4 === 0 ? pick(WORDS, n + 5) : null,
      method: n % 4 === 1 ? 'GET' : null,
      source: n % 6 === 0 ? '10.0.0.7' : null,
      status: n % 2 === 0 ? 200 + n : null,
      fields: n % 3 === 1 ? { host: pick(WORDS, n), user: { id: n }, status: 'ok' } : { 'a.b': pick(WORDS, n + 1) },
    }),
  );
}

/** Number of nested parentheses that a query may have. */
const MAX_DEPTH = 5;
const word = fc.constantFrom(...WORDS);
const term = fc.oneof(
  { weight: 4, arbitrary: word },
  word.map((text) => `${text}*`),
  fc.tuple(word, word).map(([a, b]) => `"${a} ${b}"`),
  fc.tuple(word, word).map(([a, b]) => `"${a} ${b.slice(0, 2)}"*`),
  fc.tuple(fc.constantFrom(...NAMES), word).map(([name, value]) => `${name}:"${value}"`),
  fc.tuple(fc.constantFrom(...NAMES), word).map(([name, value]) => `${name}:"${value.slice(0, 1)}"*`),
  fc.constantFrom(...LEVELS).map((level) => `level:${level}`),
);
const { queries } = fc.letrec<{ queries: string; part: string }>((tie) => ({
  part: fc.oneof(
    { depthSize: 'small', maxDepth: MAX_DEPTH },
    { weight: 5, arbitrary: term },
    fc.tuple(fc.constantFrom('-', 'NOT '), term).map(([sign, text]) => sign + text),
    fc.tuple(fc.constantFrom('', '-'), tie('queries')).map(([sign, text]) => `${sign}(${text})`),
  ),
  queries: fc
    .tuple(tie('part'), fc.array(fc.tuple(fc.constantFrom(' ', ' AND ', ' OR '), tie('part')), { maxLength: 3 }))
    .filter(([, rest]) => rest.length < 4)
    .map(([first, rest]) => first + rest.map(([operator, text]) => operator + text).join('')),
}));
