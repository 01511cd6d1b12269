import { describe, expect, test } from 'vitest';
import { readAll } from './testing.ts';

/** One line per parser that makes a careless pattern try again from each of its characters. */
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
  'digits alone': (length) => '1'.repeat(length),
  logfmt: (length) => `a=b ${'c=d '.repeat(length / 4)}"`,
  'logfmt, open quote': (length) => `a=b c="${'\\"'.repeat(length / 2)}`,
  'CSV quotes': (length) => `a,b\n1,2\n${'"x,'.repeat(length / 3)}`,
  'CSV lines': (length) => `a,b\n1,2\n${'"x\n'.repeat(length / 3)}`,
  'CSV open and closed': (length) => `a,b\n1,2\n${'"\n1,2\n'.repeat(length / 6)}`,
  'JSON depth': (length) => `${'{"a":'.repeat(length / 5)}`,
  'JSON strings': (length) => `["${'\\u0061'.repeat(length / 6)}`,
};

const LENGTH = 30_000;

/** The least processor time of several readings, in milliseconds: what the work itself costs, on a busy machine too. */
async function costMs(text: string): Promise<number> {
  let leastMs = Number.POSITIVE_INFINITY;
  for (let times = 0; times < 5; times++) {
    const before = process.cpuUsage();
    await readAll(text);
    const { user, system } = process.cpuUsage(before);
    leastMs = Math.min(leastMs, (user + system) / 1_000);
  }
  return leastMs;
}

describe('the cost of hostile lines', () => {
  test.each(Object.entries(ADVERSARIES))('grows with their length and no faster: %s', async (_name, lineOf) => {
    await costMs(lineOf(LENGTH));
    const once = await costMs(lineOf(LENGTH));
    const twice = await costMs(lineOf(2 * LENGTH));
    // Twice the length is twice the cost; four times would be a square. Below a few milliseconds it is all overhead.
    expect(twice).toBeLessThan(Math.max(once, 5) * 3.2);
  });
});
