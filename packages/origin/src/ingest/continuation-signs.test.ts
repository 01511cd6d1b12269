import { expect, test } from 'vitest';
import { readAll } from './testing/read-all.ts';

const START = '2026-03-01 10:00:00 ERROR shop.pay: charge failed';

const linesOf = async (...lines: readonly string[]) =>
  (await readAll(`${lines.join('\n')}\n`)).records.map(({ line, lineEnd }) => [line, lineEnd]);

test.each(['#0 /srv/a.php(12): f()', '#1 {main}', '#2 [internal function]: f()', '#3 0x7f2e in main ()', '#4 f (a=1)'])(
  'the frame %s continues a record',
  async (frame) => {
    expect(await linesOf(START, frame)).toEqual([[1, 2]]);
  },
);

test.each(['#1 order done', '#17 closed', '#1 [internal] load build definition'])(
  '%s begins a record',
  async (line) => {
    expect(await linesOf(START, line)).toEqual([
      [1, 1],
      [2, 2],
    ]);
  },
);

test('two events that each begin with an exception are two records', async () => {
  const event = ['shop.DeclinedException: declined', '\tat com.shop.Pay.step(Pay.java:12)'];
  expect(await linesOf(...event, ...event)).toEqual([
    [1, 2],
    [3, 4],
  ]);
});

test('the exception of a record with a format continues it', async () => {
  expect(await linesOf(START, 'shop.DeclinedException: declined', '\tat com.shop.Pay.step(Pay.java:12)')).toEqual([
    [1, 3],
  ]);
});

test.each([
  '2026-03-01 10:00:01 INFO shop.cart: opened',
  'Mar  1 10:00:01 host app: opened',
  'INFO 2026-03-01 10:00:01 a: b',
])('an indented line with a time of its own is a record: %s', async (line) => {
  expect(await linesOf(START, `  ${line}`, '  without a time')).toEqual([
    [1, 1],
    [2, 3],
  ]);
});

test('an indented time inside of a stack trace does not begin a record', async () => {
  const trace = ['Traceback (most recent call last):', '  File "/srv/a.py", line 1', '  2026-03-01 10:00:01 INFO a: b'];
  expect(await linesOf(START, ...trace)).toEqual([[1, 4]]);
});

test.each([
  ['a Python traceback without frames', ['Traceback (most recent call last):', 'ready: 17 orders'], 2],
  ['a Python traceback with frames', ['Traceback (most recent call last):', '  File "a.py"', 'INFO: started'], 3],
  ['a Rust panic with its message', ["thread 'main' panicked at 'index', src/main.rs:2:5", 'started'], 2],
  ['a Rust panic', ["thread 'main' panicked at src/main.rs:2:5:", '2026-03-01 10:00:01 started'], 2],
])('the line after %s is not part of it', async (_what, lines, lastOfRecord) => {
  const [first] = await linesOf(START, ...lines);
  expect(first).toEqual([1, lastOfRecord]);
});

test.each([
  [
    'after a colon',
    ['2026-03-01 10:00:00 ERROR shop.db: query failed:', 'SELECT o.id,', '       o.total', 'FROM orders o'],
  ],
  [
    'begun in the line',
    ['2026-03-01 10:00:00 DEBUG shop.db: run SELECT id', 'FROM orders', 'WHERE id = 7', 'ORDER BY 1;'],
  ],
])('a statement of SQL at the margin is one record: %s', async (_where, lines) => {
  expect(await linesOf(...lines, '2026-03-01 10:00:01 INFO shop.db: ok', 'FROM orders')).toEqual([
    [1, 4],
    [5, 5],
    [6, 6],
  ]);
});

test('an indented line with a time after a colon begins a record', async () => {
  expect(await linesOf('2026-03-01 10:00:00 INFO shop.db: events:', '  2026-03-01 10:00:01 INFO a: b')).toEqual([
    [1, 1],
    [2, 2],
  ]);
});

test('the message of a cause may have a second line, and no JSON', async () => {
  const cause = [
    'Caused by: java.lang.RuntimeException: first',
    'second',
    '\tat com.shop.Pay.step(Pay.java:12)',
    'words',
  ];
  expect(await linesOf(START, ...cause)).toEqual([
    [1, 4],
    [5, 5],
  ]);
  expect(await linesOf(START, cause[0] ?? '', '{"msg":"a"}')).toEqual([
    [1, 2],
    [3, 3],
  ]);
});

test('English words that are also of SQL begin records', async () => {
  const lines = [
    'INFO worker started with 4 threads',
    'update available: 1.2',
    'set timeout 30',
    'on host web1',
    'and ready',
  ];
  expect(await linesOf('2026-03-01 10:00:00 INFO a: select a file:', ...lines)).toHaveLength(6);
  expect(await linesOf('UPDATE 5', 'SELECT 1', 'SET')).toHaveLength(3);
});

test('an indented time without an origin is data of the record before it', async () => {
  expect(await linesOf('2026-03-01 10:00:00 INFO job: next runs', '  2026-03-05 10:00:00 backup')).toEqual([[1, 2]]);
});
