import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FileTimes } from './file-times.ts';
import { LineFilter } from './line-filter.ts';
import type { LineFormat } from './line-format.ts';
import { LINE_FILTER, lineFormats } from './line-formats.ts';
import { LineRecogniser, StreamFormats } from './line-recogniser.ts';
import { SHAPES } from './shapes/all.ts';
import { HEAD_CHARACTERS, LineHeads } from './shapes/line-heads.ts';
import { headOf, requiredText } from './shapes/pattern-facts.ts';
import { parsePattern } from './shapes/pattern-syntax.ts';
import { linesOf } from './testing/lines-of.ts';

const TIMES = new FileTimes({ uploadedAt: new Date('2026-04-01T00:00:00Z') });
const FORMATS = lineFormats([]);
const EXAMPLES = SHAPES.flatMap(({ examples }) => examples.flatMap(({ line }) => line.split('\n')));
const OTHERS = [
  '192.0.2.7 - - [15/Apr/2020:12:00:01 +0000] "GET /a HTTP/1.1" 200 11 "-" "curl/8"',
  '"192.0.2.7 - anna maria [15/Apr/2020:12:00:01 +0000] "GET /a HTTP/1.1" 200 -',
  '[Sun Dec 04 04:47:44 2005] [notice] jk2_init() Found child 6725',
  '2015/05/17 10:05:03 [error] 123#456: *789 open() failed, client: 192.0.2.7',
  'node=a type=SYSCALL msg=audit(1772359200.123:24287): pid=7',
  '42 <13>1 2026-03-01T10:00:00Z host app 7 - - started',
  '{"records":[{"time":"2026-03-01T10:00:00Z","level":"Error"}]}',
  '<13>1 2026-03-01T10:00:00Z host app 7 - - started',
  '<13>Mar  1 10:00:00 host sshd[7]: closed',
  '2026-03-01T10:00:00Z host sshd[7]: closed',
  'Mar  1 10:00:00 host sshd[7]: closed',
  '2015-10-18 18:01:47,978 INFO [main] a.b.C: created',
  'nova-api.log.1.2017-05-16_13:53:08 2017-05-16 00:00:00.008 25746 INFO nova.osapi [-] done',
  'eRrOR: 2015-10-18 18:01:47,978 failed',
  '[warn] (Mar  1 10:00:00) slow',
  'WARNING:root:slow',
  'I0102 15:04:05.678901 1234 file.go:12] started',
  '12:00:01.123 [main] DEBUG a.b.C - started',
  '03-17 16:13:38.811  1702  2395 D WindowManager: printing',
  'level=info msg="it works" n=1',
  '{"log":"a\\n","stream":"stdout","time":"2026-03-01T10:00:00Z"}',
  '{ "resourceLogs": [] }',
  '@cee:{"msg":"a"}',
  ' {"msg":"a"}',
  '{"msg":"a",',
  '#Fields: date time c-ip',
  'words without a format',
];
const LINE = linesOf(
  [...EXAMPLES, ...OTHERS],
  FORMATS.flatMap(({ lines }) => lines ?? []),
);

const PARSERS = new Map(
  FORMATS.map((format) => {
    const parser = format.open(TIMES);
    return [format.name, typeof parser === 'function' ? parser : (line: string) => parser.parse(line)] as const;
  }),
);

/** Returns whether a format reads a line. */
function reads({ name }: LineFormat, line: string): boolean {
  return PARSERS.get(name)?.(line) !== null;
}

/** Returns the names of formats that read a line although the filter says that they cannot. */
function skippedBy(filter: LineFilter, formats: readonly LineFormat[], line: string): string[] {
  const possible = filter.possible(line);
  return formats
    .filter((format) => filter.knows(format) && !(possible.has(format) && line.includes(filter.requiredBy(format))))
    .filter((format) => reads(format, line))
    .map(({ name }) => name);
}

describe('the filter of lines', () => {
  test('skips no format that reads a line', () => {
    for (const line of [...EXAMPLES, ...OTHERS])
      expect({ line, skipped: skippedBy(LINE_FILTER, FORMATS, line) }).toEqual({ line, skipped: [] });
    fc.assert(
      fc.property(LINE, (line) => {
        expect(skippedBy(LINE_FILTER, FORMATS, line)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test('is found to skip a format whose pattern is wrong', () => {
    const wrong = FORMATS.map((format) => ({ ...format, lines: '[a-z].*' }));
    const line = 'Mar  1 10:00:00 host sshd[7]: closed';
    expect(skippedBy(new LineFilter(wrong), wrong, line)).toContain('syslog-rfc3164');
  });

  test('changes no reading of a line', () => {
    const read = (filter: LineFilter, line: string) =>
      new LineRecogniser(FORMATS, TIMES, filter).read(line, new StreamFormats(), null, true);
    const comparable = (reading: ReturnType<typeof read>) => JSON.stringify(reading);
    for (const line of [...EXAMPLES, ...OTHERS]) {
      expect(comparable(read(LINE_FILTER, line))).toBe(comparable(read(new LineFilter([]), line)));
    }
  });

  test('leaves few formats to try for text of no format', () => {
    const tried = [...LINE_FILTER.possible('plain words, none of them a log')].filter((format) =>
      'plain words, none of them a log'.includes(LINE_FILTER.requiredBy(format)),
    );
    expect(tried.length).toBeLessThanOrEqual(3);
  });
});

describe('the heads of lines', () => {
  const heads = (...patterns: string[]) => new LineHeads(patterns.map((text) => [text, parsePattern(text)] as const));

  test('tell patterns apart by their first characters', () => {
    const of = (line: string) => [...heads('\\d{4}-.*', '[a-z]+: .*', 'ab?c').possible(line)];
    expect(of('2026-03')).toEqual(['\\d{4}-.*']);
    expect(of('abc: x')).toEqual(['[a-z]+: .*']);
    expect(of('ac')).toEqual(['[a-z]+: .*', 'ab?c']);
    expect(of('-')).toEqual([]);
    // Beyond ASCII, a class counts as one that matches.
    expect(of('é')).toEqual(['\\d{4}-.*', '[a-z]+: .*']);
    expect(of('')).toHaveLength(3);
  });

  test('remember a bounded number of states, and other ones later', () => {
    const limited = new LineHeads(
      [
        ['digits', parsePattern('\\d+ .*')],
        ['ten', parsePattern('[a-z0-9]{10}.*')],
      ],
      {
        states: 8,
        linesBeforeRestart: 3,
      },
    );
    expect([...limited.possible('abcdefghi-')]).toEqual(['ten']);
    expect(limited.states).toBe(8);
    // Both are possible after the start, and no state remains for what follows.
    expect(limited.possible('0123456-').size).toBe(2);
    limited.possible('0123456-');
    limited.possible('0123456-');
    expect(limited.possible('0123456-').size).toBe(0);
    expect(limited.states).toBeLessThanOrEqual(8);
  });
});

describe('the facts of a pattern', () => {
  test.each([
    ['a(?:bc)+ \\[x', 'abc'],
    ['\\d+\\] "(?:a|b)', '] "'],
    ['(?:long text)?a', 'a'],
    ['(?:ab){2}c', 'ababc'],
    ['.* .*', ''],
  ])('%s requires the text %j', (pattern, text) => {
    expect(requiredText(parsePattern(pattern))).toBe(text);
  });

  test('a head has few positions, although its pattern has many', () => {
    const head = headOf(parsePattern('a[^b]{1,60}\\d{30} x{60}'), HEAD_CHARACTERS);
    expect(JSON.stringify(head)).not.toContain('60');
  });
});
