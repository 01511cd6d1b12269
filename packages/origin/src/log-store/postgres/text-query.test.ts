import { expect, test } from 'vitest';
import { Parameters } from './parameters.ts';
import { textCondition } from './text-query.ts';

function conditionOf(text: string): string {
  const parameters = new Parameters();
  const condition = textCondition(text, parameters, []) ?? '';
  return condition.replace(/\$(\d+)/g, (_, number) => JSON.stringify(parameters.values[Number(number) - 1]));
}

test.for([
  ['-a '.repeat(333), "!'a'"],
  ['a A "a" a', "'a'"],
  ['a -a a', "('a' & !'a')"],
  ['a OR b OR a', "('a' | 'b')"],
  ['a OR b c a OR b', "(('a' | 'b') & 'c')"],
  ['"a b" "a b" a.b', "('a' <-> 'b')"],
  ['a OR a', "'a'"],
  ['-(a.b* OR c)', "!(('a' <-> 'b':*) | 'c')"],
] as const)('given repeated terms, each is searched once: %s', ([text, tsquery]) => {
  expect(conditionOf(text)).toBe(`(search @@ ${JSON.stringify(tsquery)}::tsquery)`);
});

test('given terms of columns and of text, all text is one tsquery', () => {
  expect(conditionOf('a level:error b')).toBe(
    `((search @@ "('a' & 'b')"::tsquery) AND (level = 6))`.replace("('a' & 'b')", "'a' & 'b'"),
  );
});
