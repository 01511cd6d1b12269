import { describe, expect, test } from 'vitest';
import { MAX_RECORD_BYTES, MAX_RECORD_LINES } from './limits.ts';
import { readAll } from './testing/read-all.ts';

const START = '2026-03-01 10:00:00,123 ERROR shop.pay: charge failed';
const NEXT = '2026-03-01 10:00:01,123 INFO shop.pay: parked';

/** Lines that continue the record of `START`. */
const CONTINUATIONS: Record<string, string> = {
  Java: [
    'java.lang.IllegalStateException: declined',
    '\tat com.shop.Pay.step(Pay.java:12) ~[pay.jar:1.0]',
    '\tSuppressed: java.io.IOException: closed',
    '\t\tat com.shop.Pay.close(Pay.java:20)',
    'Caused by: java.net.SocketTimeoutException: Read timed out',
    '\t... 23 more',
  ].join('\n'),
  'Java without indentation': 'java.lang.Error: x\nat com.shop.Pay.step(Pay.java:12)\n... 12 common frames omitted',
  'a thread dump':
    'Full thread dump OpenJDK:\n\n"main" #1 prio=5\n   java.lang.Thread.State: RUNNABLE\n\tat a.B.c(B.java:1)',
  Python: [
    'Traceback (most recent call last):',
    '  File "/srv/pay.py", line 12, in charge',
    '    gateway.post(order)',
    'ConnectionError: gateway closed',
    '',
    'During handling of the above exception, another exception occurred:',
    '',
    'Traceback (most recent call last):',
    '  File "/srv/pay.py", line 20, in retry',
    'shop.errors.Declined: gave up',
    '',
    'The above exception was the direct cause of the following exception:',
    '',
    'Traceback (most recent call last):',
    '  File "/srv/pay.py", line 21, in retry',
    'shop.errors.GaveUp',
  ].join('\n'),
  Node: [
    "TypeError: Cannot read properties of undefined (reading 'x')",
    '    at add (/srv/cart.js:12:3)',
    '    at async load (node:internal/a:1:2) {',
    "  code: 'ECONNREFUSED',",
    '  [cause]: Error: closed',
    '}',
    '',
    'Node.js v26.10.0',
  ].join('\n'),
  'Node, an error without a name': 'Error: boom\n    at add (/srv/cart.js:12:3)',
  Laravel: '[stacktrace]\n#0 /srv/vendor/Pipeline.php(12): Closure->handle()\n#1 {main}\n"} ',
  PHP: 'Stack trace:\n#0 /srv/a.php(12): f()\n#1 {main}\n  thrown in /srv/a.php on line 3',
  'a Go panic': [
    'panic: runtime error: index out of range [5] with length 3',
    '[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x45]',
    '',
    'goroutine 34 [running]:',
    'net/http.(*conn).serve.func1()',
    '\t/usr/local/go/src/net/http/server.go:1868 +0xb9',
    'main.handler({0x7f2e, 0xc000}, 0xc0001)',
    '\t/srv/main.go:22 +0x1d',
    'created by net/http.(*Server).Serve in goroutine 1',
    '\t/usr/local/go/src/net/http/server.go:3086 +0x5cb',
    '',
    'goroutine 1 [chan receive, 5 minutes]:',
    'main.main()',
    '\t/srv/main.go:9 +0x1d',
    'exit status 2',
  ].join('\n'),
  '.NET': [
    'System.InvalidOperationException: declined',
    ' ---> System.IO.IOException: closed',
    '   at Shop.Pay.Step() in /srv/Pay.cs:line 12',
    '   --- End of inner exception stack trace ---',
    '   at Shop.Pay.Charge()',
    '--- End of stack trace from previous location ---',
    '   at Shop.Pay.Main()',
  ].join('\n'),
  Ruby: "app/pay.rb:12:in 'charge': declined (RuntimeError)\n\tfrom app/pay.rb:3:in '<main>'",
  Rails: 'ActionController::RoutingError (No route matches [GET] "/x"):\n\napp/pay.rb:12:in \'charge\'',
  Rust: [
    "thread 'main' panicked at src/main.rs:2:5:",
    'index out of bounds: the len is 3 but the index is 5',
    'stack backtrace:',
    '   0: rust_begin_unwind',
    '             at /rustc/library/std/src/panicking.rs:645:5',
    'note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace',
  ].join('\n'),
  'SQL over lines': '\tSELECT id, total\n\tFROM orders\n\tWHERE id = 17',
  'pretty-printed JSON': '{\n  "id": 17,\n  "items": [\n    {"sku": "lamp"}\n  ]\n}'.slice(2),
  'journald over lines': '                                 second line of the message',
};

describe('one event, one record', () => {
  test.each(Object.entries(CONTINUATIONS))('%s continues a record', async (_name, lines) => {
    const { records, summary } = await readAll(`${START}\n${lines}\n${NEXT}\n`);
    const count = lines.split('\n').length;
    expect(records).toMatchObject([
      { line: 1, lineEnd: 1 + count, level: 'ERROR', message: `charge failed\n${lines}` },
      { line: 2 + count, lineEnd: 2 + count, level: 'INFO' },
    ]);
    expect(summary).toMatchObject({ lines: 2 + count, records: 2, errors: 1, unparsed: 0 });
  });

  test.each(['starting up', 'main.main()', 'ready: yes', 'Error rate is 3', '#channel', 'at least one', 'index: 5'])(
    'a line without a sign is a raw record: %s',
    async (line) => {
      const { records, summary } = await readAll(`${START}\n${line}\n${NEXT}\n`);
      expect(records.map(({ message }) => message)).toEqual(['charge failed', line, 'parked']);
      expect(summary.unparsed).toBe(1);
    },
  );

  test('an error without a name does not continue a record of level INFO', async () => {
    const { records } = await readAll(`${NEXT}\nError: disk full\n    at a (b.js:1:2)\n`);
    expect(records.map(({ line, lineEnd }) => [line, lineEnd])).toEqual([
      [1, 1],
      [2, 3],
    ]);
  });

  test('a level aligned to the right begins a record', async () => {
    const { records } = await readAll(`${START}\n INFO second\n  INFO third\n  no level\n`);
    expect(records.map(({ lineEnd }) => lineEnd)).toEqual([4]);
    const aligned = await readAll(`${START}\n INFO 2026-03-01 10:00:00 [main] a.B: second\n`);
    expect(aligned.summary.lines).toBe(2);
  });

  test('blank lines at the end are covered but not part of the message', async () => {
    const { records } = await readAll(`${START}\n\n\n${NEXT}\n`);
    expect(records[0]).toMatchObject({ message: 'charge failed', lineEnd: 3 });
  });

  test('a trace before any record is one raw record', async () => {
    const { records, summary } = await readAll(`Exception in thread "main" a.B: x\n\tat a.B.c(B.java:1)\n${NEXT}\n`);
    expect(records[0]).toMatchObject({ line: 1, lineEnd: 2, level: 'UNKNOWN', timestamp: null });
    expect(summary).toMatchObject({ unparsed: 1, records: 2 });
  });
});

describe('JSON over several lines', () => {
  test('is one record, between other lines', async () => {
    const { records, summary } = await readAll(
      'starting\n{\n  "level": "warn",\n  "msg": "m",\n  "a": [\n    {"b": 1}\n  ]\n}\n{"msg":"n"}\n{\n  "msg": "o"\n}\n',
    );
    expect(records.map(({ line, lineEnd, message }) => [line, lineEnd, message])).toEqual([
      [1, 1, 'starting'],
      [2, 8, 'm'],
      [9, 9, 'n'],
      [10, 12, 'o'],
    ]);
    expect(records[1]).toMatchObject({ level: 'WARN', fields: { a: [{ b: 1 }] } });
    expect(summary.formats).toContainEqual({ name: 'json', records: 2 });
  });

  test('with a trace of one line a frame is one record', async () => {
    const { records } = await readAll(
      'starting\n{"type": "server", "message": "m", "stacktrace": ["a.B: x",\n"at a.B.c(B.java:1)",\n"at a.B.d(B.java:2)"] }\n{"message":"n"}\n',
    );
    expect(records).toMatchObject([
      { message: 'starting' },
      {
        line: 2,
        lineEnd: 4,
        message: 'm',
        fields: { stacktrace: ['a.B: x', 'at a.B.c(B.java:1)', 'at a.B.d(B.java:2)'] },
      },
      { line: 5, message: 'n' },
    ]);
  });

  test('that is broken is kept raw', async () => {
    const { records, summary } = await readAll('starting\n{\n  "msg": \n}\n{"msg":"n"}\n');
    expect(records[1]).toMatchObject({ message: '{\n  "msg": \n}', line: 2, lineEnd: 4, level: 'UNKNOWN' });
    expect(summary).toMatchObject({ unparsed: 2 });
  });
});

describe('colours', () => {
  test('of a terminal are not part of a line that a format knows', async () => {
    const { records } = await readAll(
      '\u001b[2m2026-03-01 10:00:00\u001b[0m \u001b[31mERROR\u001b[0m a.B: \u001b[1mfailed\u001b[0m\n\u001b[31m  at x\u001b[0m\n',
    );
    expect(records).toMatchObject([{ level: 'ERROR', service: 'a.B', message: 'failed\n  at x', lineEnd: 2 }]);
  });

  test('of a raw line are kept', async () => {
    expect((await readAll('\u001b[31mred\u001b[0m words\n')).records[0]?.message).toBe('\u001b[31mred\u001b[0m words');
  });
});

describe('the limits of a record', () => {
  const frames = (count: number) => Array.from({ length: count }, (_, index) => `\tat a.B.c${index}(B.java:1)`);

  test('further lines begin a record that refers to the one before', async () => {
    const { records, summary } = await readAll(`${START}\n${frames(2_500).join('\n')}\n${NEXT}\n`);
    expect(records.map(({ line, lineEnd, fields }) => [line, lineEnd, fields['continues_line']])).toEqual([
      [1, MAX_RECORD_LINES, undefined],
      [MAX_RECORD_LINES + 1, 2 * MAX_RECORD_LINES, 1],
      [2 * MAX_RECORD_LINES + 1, 2_501, MAX_RECORD_LINES + 1],
      [2_502, 2_502, undefined],
    ]);
    expect(records[1]).toMatchObject({
      level: 'ERROR',
      timestamp: records[0]?.timestamp,
      service: records[0]?.service,
    });
    expect(records.flatMap(({ message }) => message.split('\n')).slice(1, -1)).toEqual(frames(2_500));
    expect(summary.lines).toBe(2_502);
  });

  test('its bytes are bounded, too', async () => {
    const long = Array.from({ length: 40 }, (_, index) => `  ${index} ${'é'.repeat(5_000)}`);
    const { records } = await readAll(`${START}\n${long.join('\n')}\n`);
    for (const { message } of records) expect(Buffer.byteLength(message)).toBeLessThanOrEqual(MAX_RECORD_BYTES);
    expect(records.map(({ message }) => message).join('\n')).toBe(['charge failed', ...long].join('\n'));
    expect(records.length).toBe(7);
  });
});
