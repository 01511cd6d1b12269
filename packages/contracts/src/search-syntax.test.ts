import fc from 'fast-check';
import { expect, test } from 'vitest';
import { searchBodySchema } from './search.ts';
import { parseSearch } from './search-syntax.ts';
import { SearchSyntaxError } from './search-syntax-error.ts';
import type { SearchNode } from './search-tree.ts';

/** Returns a tree as text: `"a b*"` for words, `name=value` for a column, `!`, `&` and `|`. */
function shown(node: SearchNode): string {
  switch (node.kind) {
    case 'and':
    case 'or':
      return `(${node.nodes.map(shown).join(node.kind === 'and' ? ' & ' : ' | ')})`;
    case 'not':
      return `!${shown(node.node)}`;
    case 'level':
      return `level=${node.level}`;
    case 'column':
      return `${node.name}=${node.value}${node.isPrefix ? '*' : ''}`;
    case 'text':
      return `"${node.words.join(' ')}${node.isPrefix ? '*' : ''}"`;
    default:
      return node satisfies never;
  }
}

function treeOf(q: string): string | null {
  const tree = parseSearch(q);
  return tree && shown(tree);
}

test.for([
  ['', null],
  [' \t\n', null],
  ['a b OR c d', '("a" & ("b" | "c") & "d")'],
  ['a AND b OR c', '("a" & ("b" | "c"))'],
  ['(a b) OR -(c d*)', '(("a" & "b") | !("c" & "d*"))'],
  ['a AND NOT b OR NOT -c', '("a" & (!"b" | "c"))'],
  ['NOT NOT a', '"a"'],
  ['NOT(a) b OR(c d) AND(e)', '(!"a" & ("b" | ("c" & "d")) & "e")'],
  ['-NOT "OR"', '(!"not" & "or")'],
  ['/api/us* "a b"*', '("api us*" & "a b*")'],
  ['a --- () -> b', '("a" & "b")'],
] as const)('%j: operators bind NOT, OR, AND in this order', ([q, tree]) => {
  expect(treeOf(q)).toBe(tree);
});

test.for([
  ['level:error', 'level=ERROR'],
  ['LEVEL:error Service:Pay', '(level=ERROR & service=Pay)'],
  ['status:5* status:404 status:"ok"', '(status=5* & status=404 & status=ok)'],
  ['method:get service:web*', '(method=GET & service=web*)'],
  ['path:/api/* -path:"/a b"', '(path=/api/* & !path=/a b)'],
  ['host:80', '(host=80 | "host 80")'],
  ['user:"x y"* z', '((user=x y* | "user x y*") & "z")'],
  ['host:\0\ud800', '(host=\ufffd\ufffd | "host")'],
  ['user.id:7', '(user.id=7 | "user id 7")'],
] as const)('%s: names compare a column; of unknown names the text is searched too', ([q, tree]) => {
  expect(treeOf(q)).toBe(tree);
});

test.for([
  ['http://host:80/x', '"http host 80 x"'],
  ['10:31:02', '"10 31 02"'],
  ['error: failed', '("error" & "failed")'],
  ['message: x', '("message" & "x")'],
  ['std::string', '"std string"'],
  ['count(*) main(1, 2)', '("count" & "main 1" & "2")'],
  ['at new Promise (<anonymous>)', '("at" & "new" & "promise" & "anonymous")'],
  ['connect(2) failed (111: Connection refused)', '("connect 2" & "failed" & "111" & "connection" & "refused")'],
  ['"level:loud (*"', '"level loud"'],
] as const)('%s: pasted text is read as words', ([q, tree]) => {
  expect(treeOf(q)).toBe(tree);
});

test.for([
  ['a service:(b OR c)', 10, 'one value after "service:"'],
  ['***', 0, 'a word with a letter or a digit'],
  [' "-"', 1, 'a word with a letter or a digit'],
  ['a "b', 2, 'a second quote'],
  ['a (b', 2, 'a ")" that closes the "("'],
  ['a b)', 3, 'a "(" before this ")"'],
  ['OR a', 0, 'a term before OR'],
  ['a OR', 4, 'a term after OR'],
  ['a OR OR b', 5, 'a term after OR'],
  ['a AND ---', 6, 'a term after AND'],
  ['(a NOT)', 6, 'a term after NOT'],
  ['x level:loud', 8, 'one of TRACE, DEBUG'],
  ['level:', 6, 'a value right after "level:"'],
  ['status:abc', 7, 'an HTTP status'],
  ['path:/a*/b', 7, '"*" only at the end of a value'],
  ['fo*o', 2, '"*" only at the end of a word'],
  ['**bold', 1, '"*" only at the end of a word'],
  ['message:x', 0, 'words without "message:"'],
  ['((((((a))))))', 5, 'at most 5 nested parentheses'],
  [`${'x'.repeat(101)}*`, 0, 'at most 100 characters before "*"'],
] as const)('%j: the error has position %i and the expected syntax', ([q, position, expected]) => {
  let error: unknown;
  try {
    parseSearch(q);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(SearchSyntaxError);
  expect(error).toMatchObject({ position, message: expect.stringContaining(`expected ${expected}`) });
});

test('any text is parsed, or refused with a position in it', () => {
  const parts = fc.constantFrom(
    'a',
    'AND',
    'OR',
    'NOT',
    '(',
    ')',
    '-',
    '"',
    '*',
    ':',
    ' ',
    'level:',
    'é',
    '日',
    '.',
    '\n',
  );
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(parts).map((items) => items.join('')),
  );
  fc.assert(
    fc.property(texts, (q) => {
      try {
        parseSearch(q);
      } catch (error) {
        if (!(error instanceof SearchSyntaxError)) throw error;
        expect(error.position).toBeGreaterThanOrEqual(0);
        expect(error.position).toBeLessThanOrEqual(q.length);
        expect(error.message).toMatch(/^expected .+, got .+ at position \d+$/s);
      }
    }),
    { numRuns: 2_000 },
  );
});

test.for(['(', 'a(', '-', 'a OR ', '"a" ', 'NOT ', 'a:b '])('%j: the cost of parsing is linear', (part) => {
  // With quadratic work on this number of characters the test would reach its time limit.
  const parse = () => parseSearch(part.repeat(400_000 / part.length));
  if (/a/.test(part) && !/OR/.test(part)) expect(parse()).not.toBeNull();
  else expect(parse).toThrow(SearchSyntaxError);
});

test('a text that is too long is not parsed', () => {
  const { error } = searchBodySchema.safeParse({ q: '('.repeat(1_001) });
  expect(error?.issues.map(({ code }) => code)).toEqual(['too_big']);
});
