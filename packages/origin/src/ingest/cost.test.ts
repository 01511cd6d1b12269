import { describe, expect, test } from 'vitest';
import { readGrok } from './shapes/grok.ts';
import { proveLinear } from './shapes/prove-linear.ts';
import type { Shape } from './shapes/shape.ts';
import { readAll } from './testing/read-all.ts';

/** One line per parser that makes a careless pattern retry from each of its characters. */
const ADVERSARIES: Record<string, (length: number) => string> = {
  'access log, open quote': (length) => `1.2.3.4 - - [17/May/2015:10:05:03 +0000] "${'\\"'.repeat(length / 2)}`,
  'access log, many times': (length) => `1.2.3.4 - ${'- [17/May/2015:10:05:03 +0000] "'.repeat(length / 32)}`,
  'access log, blanks': (length) => `1.2.3.4 - -${' '.repeat(length)}[`,
  'apache error': (length) => `[Sun Dec 04 04:47:44 2005] [error] [client ${'['.repeat(length)}`,
  'nginx error': (length) => `2015/05/17 10:05:03 [error] 1#2: *3 ${', client: '.repeat(length / 10)}`,
  'nginx request': (length) => `2015/05/17 10:05:03 [error] 1#2: *3 ${', request: "'.repeat(length / 12)}`,
  'syslog tag': (length) => `Oct 11 22:14:15 host ${'a '.repeat(length / 2)}`,
  'syslog addresses': (length) => `Oct 11 22:14:15 host app: ${'from 1.2.3.'.repeat(length / 11)}`,
  'structured data': (length) => `<13>1 - h a p m [x ${'a="b" '.repeat(length / 6)}`,
  'structured data, open quote': (length) => `<13>1 - h a p m [x a="${'\\\\'.repeat(length / 2)}`,
  'application brackets': (length) => `2015-10-18 18:01:47,978 ${'[a] '.repeat(length / 4)}`,
  'application open brackets': (length) => `2015-10-18 18:01:47,978 ${'['.repeat(length)}`,
  'application nested brackets': (length) => `2015-10-18 18:01:47,978 INFO ${'[a[b]'.repeat(length / 5)}`,
  'application numbers': (length) => `2015-10-18 18:01:47,978 ${'1 '.repeat(length / 2)}`,
  'application separators': (length) => `2015-10-18 18:01:47,978 INFO ${'- '.repeat(length / 2)}`,
  'application colons': (length) => `2015-10-18 18:01:47,978 INFO ${'a:'.repeat(length / 2)}`,
  'application dashes': (length) => `2015-10-18 18:01:47,978 ${'-'.repeat(length)}`,
  'application name and blanks': (length) => `2015-10-18 18:01:47,978 a${' '.repeat(length)}x`,
  'application name and brackets': (length) => `2015-10-18 18:01:47,978 a ${'[a]   '.repeat(length / 6)}`,
  'application component and blanks': (length) => `2015-10-18 18:01:47,978 INFO a${' '.repeat(length)}x`,
  'application long name': (length) => `2015-10-18 18:01:47,978 ${'a.'.repeat(length / 2)}`,
  'application blanks': (length) => `2015-10-18 18:01:47,978${' '.repeat(length)}x`,
  'application requests': (length) => `2015-10-18 18:01:47,978 INFO a: ${'1.2.3.4 "GET HTTP/1.1 '.repeat(length / 22)}`,
  'time, zones': (length) => `2015-10-18 18:01:47,978 America${'/a'.repeat(length / 2)}`,
  'time, capitals': (length) => `2015-10-18 18:01:47,978 ${'A'.repeat(length)}`,
  'time, offsets': (length) => `2015-10-18 18:01:47,978 ${'+01:00'.repeat(length / 6)}`,
  'time, halves of the day': (length) => `2015-10-18 08:01:47 ${'a.'.repeat(length / 2)}`,
  'unknown zones': (length) =>
    Array.from({ length: length / 40 }, (_, n) => `2015-10-18 18:01:47 Asia/Nowhere${n} INFO a`).join('\n'),
  'digits alone': (length) => '1'.repeat(length),
  logfmt: (length) => `a=b ${'c=d '.repeat(length / 4)}"`,
  'logfmt, open quote': (length) => `a=b c="${'\\"'.repeat(length / 2)}`,
  'CSV quotes': (length) => `a,b\n1,2\n${'"x,'.repeat(length / 3)}`,
  'CSV lines': (length) => `a,b\n1,2\n${'"x\n'.repeat(length / 3)}`,
  'CSV open and closed': (length) => `a,b\n1,2\n${'"\n1,2\n'.repeat(length / 6)}`,
  'CSV open from both sides': (length) => `a,b\n1,2\n${'a",b,"c\n'.repeat(length / 8)}`,
  'CSV open from both sides, without a head': (length) => 'a",b,"c\n'.repeat(length / 8),
  'CSV damaged from both sides': (length) => `a,b\n1,2\n"${'"a"b,"c\n'.repeat(length / 8)}`,
  'CSV quotes alone': (length) => `a,b\n1,2\n${'"\n'.repeat(length / 2)}`,
  'CSV blank lines after a quote': (length) => `a,b\n1,2\n"${'\n'.repeat(length)}`,
  'CSV columns': (length) => `a,b\n1,2\n${','.repeat(length)}`,
  'CSV quoted columns': (length) => `a,b\n1,2\n${'"",'.repeat(length / 3)}`,
  'CSV doubled quotes': (length) => `a,b\n1,2\n"${'""'.repeat(length / 2)}`,
  'TSV quotes': (length) => `a\tb\n1\t2\n${'a"\tb\t"c\n'.repeat(length / 8)}`,
  'text of no format': (length) => 'plain words, none of them a log\n'.repeat(length / 32),
  'text of no format with numbers': (length) => 'a 1 b: [c] "d" = e/f | g\n'.repeat(length / 24),
  'lines of a trace': (length) => `2015-10-18 18:01:47,978 INFO a: b\n${'\tat a.b.C(D.java:1)\n'.repeat(length / 21)}`,
  'a long name of an error': (length) => `2015-10-18 18:01:47,978 INFO a: b\n${'a.'.repeat(length / 2)}Error`,
  'a long frame of Go': (length) => `goroutine 1 [running]:\n${'a('.repeat(length / 2)})`,
  'parts of lines in Docker': (length) =>
    '{"log":"part","stream":"stdout","time":"2026-03-01T10:00:00Z"}\n'.repeat(length / 64),
  'pretty-printed JSON without an end': (length) => `words\n{\n${'  "a": 1,\n'.repeat(length / 10)}`,
  'blank lines': (length) => '\n'.repeat(length),
  'octet counts': (length) => '8 <13>1 - '.repeat(length / 10),
  'an octet count beyond its line': (length) => `${length * 2} <13>1 - ${'a '.repeat(length / 2)}`,
  'names of VPC flow logs': (length) => `srcaddr dstaddr ${'start '.repeat(length / 6)}`,
  'logfmt in a syslog message': (length) => `<13>Oct 11 22:14:15 host app: level=info ${'a="b" '.repeat(length / 6)}`,
  'access line in a syslog message': (length) =>
    `<13>Oct 11 22:14:15 host app: ${'1.2.3.4 - - [] "" '.repeat(length / 18)}`,
  'clauses of SQL': (length) => `2015-10-18 18:01:47,978 INFO a: b:\n${'FROM a, b WHERE\n'.repeat(length / 16)}`,
  'an indented time': (length) => `2015-10-18 18:01:47,978 INFO a\n  2015-10-18 18:01${' a b'.repeat(length / 4)}`,
  causes: (length) => `2015-10-18 18:01:47,978 INFO a\n${'Caused by: a\nb\n'.repeat(length / 15)}`,
  'an envelope of records': (length) => `{"Records":[${'{"eventVersion":1},'.repeat(length / 19)}{}]}`,
  'carriage returns': (length) => '\r'.repeat(length),
  'syslog message of addresses': (length) => `Oct 11 22:14:15 host app: ${'1.2.3.4.'.repeat(length / 8)}`,
  'syslog message of colons': (length) => `Oct 11 22:14:15 host app: from ${'a:'.repeat(length / 2)}`,
  'apache error, blanks': (length) => `[Sun Dec 04 04:47:44 2005] [error]${' '.repeat(length)}`,
  'digits and points': (length) => `1234567890${'.,'.repeat(length / 2)}`,
  'application open quote': (length) => `2015-10-18 18:01:47,978 INFO a: ${'"GET /'.repeat(length / 6)} HTTP/`,
  'JSON depth': (length) => `${'{"a":'.repeat(length / 5)}`,
  'JSON strings': (length) => `["${'\\u0061'.repeat(length / 6)}`,
  'JSON lines of members': (length) => `{"a":1}\n{${Array.from({ length: length / 10 }, (_, n) => `"k${n}":1`)}}\n`,
  'JSON lines of depth': (length) => `{"a":1}\n${'{"a":'.repeat(length / 6)}1${'}'.repeat(length / 6)}\n`,
  'JSON lines of large integers': (length) => `{"a":1}\n[${'9007199254740993,'.repeat(length / 17)}1]\n`,
};

/** Half of the longest line that a parser receives, in characters. */
const LONG = 32_000;
/** Maximum number of measurements of one text. */
const RUNS = 3;
/** Below this cost of the short text, the fixed cost of a read and the clock's resolution dominate. */
const MIN_SHORT_MS = 5;
/**
 * Eight times the length costs eight times as much if the cost is linear, and 64 times if it is quadratic; 22 is the
 * geometric mean.
 */
const MAX_GROWTH = 22;

/** A shape whose pattern is not linear. `parseUserShape` refuses it. */
const SUPERLINEAR: Shape = {
  name: 'superlinear',
  title: '',
  family: 'yours',
  source: '',
  pattern: '(?<left>(?:[a-m]|[n-z])*)(?<right>(?:[a-m]|[n-z])*)!',
  examples: [],
};
/** Length at which the superlinear shape takes about half a second, far above `MIN_SHORT_MS` for an eighth of it. */
const SUPERLINEAR_LONG = 8_000;

/** Processor time of this thread alone, so that neither other processes nor the garbage collector's threads count. */
async function costMs(text: string, shapes: readonly Shape[]): Promise<number> {
  const before = process.threadCpuUsage();
  await readAll(text, { shapes });
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}

/**
 * Returns how many times as much a line costs as one of an eighth of its length. What disturbs a measurement only adds to
 * it, so the smallest of several is the nearest to the cost of the work. A line is measured once if that shows that its
 * growth is allowed, because a superlinear cost of `LONG` characters is several hundred milliseconds at least.
 */
async function growthOf(lineOf: (length: number) => string, shapes: readonly Shape[], length: number): Promise<number> {
  let long = await costMs(lineOf(length), shapes);
  let short = MIN_SHORT_MS;
  if (long <= short * MAX_GROWTH) return long / short;
  const shorts: number[] = [];
  for (let run = 0; run < RUNS; run++) shorts.push(await costMs(lineOf(length / 8), shapes));
  short = Math.max(short, Math.min(...shorts));
  for (let run = 1; run < RUNS && long > short * MAX_GROWTH; run++) {
    long = Math.min(long, await costMs(lineOf(length), shapes));
  }
  return long / short;
}

describe('the cost of hostile lines', () => {
  test.each(Object.entries(ADVERSARIES))(
    'grows no faster than linearly with their length: %s',
    async (_name, lineOf) => {
      expect(await growthOf(lineOf, [], LONG)).toBeLessThanOrEqual(MAX_GROWTH);
    },
  );

  test('grows faster with a pattern that is not linear', async () => {
    expect(() => proveLinear(readGrok(SUPERLINEAR.pattern).source)).toThrow();
    const growth = await growthOf((length) => 'a'.repeat(length), [SUPERLINEAR], SUPERLINEAR_LONG);
    expect(growth).toBeGreaterThan(MAX_GROWTH);
  });
});
