import fc from 'fast-check';
import { expect, test } from 'vitest';
import { highlighterOf } from './highlight.ts';

/** Returns the highlighted parts of a message. */
function partsOf(q: string, message: string): string[] {
  return highlighterOf(q)(message).map(([start, end]) => message.slice(start, end));
}

test.for([
  ['', 'nothing', []],
  ['password', 'Password, PASSWORD; passwords', ['Password', 'PASSWORD']],
  ['pass*', 'Password 2 pass', ['Password', 'pass']],
  ['"failed password" root', 'Failed  password for root', ['Failed  password', 'root']],
  ['"failed pass"*', 'failed passwords', ['failed passwords']],
  ['a OR "a b" OR "b c"', 'a b c a', ['a b c', 'a']],
  ['x -y NOT (z OR -w)', 'x y z w', ['x', 'w']],
  ['cafe', '🪵 Cafe\u0301 café', ['Cafe\u0301', 'café']],
  ['本語', '日本語の本', ['本語']],
  ['level:error path:/a host:80', '/a host:80 error', ['host:80']],
] as const)('%j in %j: words and phrases are highlighted, exclusions and columns are not', ([q, message, parts]) => {
  expect(partsOf(q, message)).toEqual(parts);
});

test('ranges are in order, apart from each other, and at most 100', () => {
  const words = fc
    .array(fc.constantFrom('a', 'b', 'ab', ' ', 'é', '日'), { maxLength: 400 })
    .map((all) => all.join(''));
  fc.assert(
    fc.property(words, (message) => {
      const ranges = highlighterOf('a b* "a b" "日 é"')(message);
      expect(ranges.length).toBeLessThanOrEqual(100);
      for (const [index, [start, end]] of ranges.entries()) {
        expect(start).toBeGreaterThan(ranges[index - 1]?.[1] ?? -1);
        expect(end).toBeGreaterThan(start);
        expect(end).toBeLessThanOrEqual(message.length);
      }
    }),
  );
  expect(highlighterOf('a')('a b '.repeat(200))).toHaveLength(100);
});
