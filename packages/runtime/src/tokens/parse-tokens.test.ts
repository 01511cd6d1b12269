import { expect, test } from 'vitest';
import { BadTokensFile, parseTokens } from './parse-tokens.ts';
import { digestOf } from './token.ts';

const PLAIN = 'a-token-that-must-not-be-shown';
const HASH = `sha256:${digestOf(PLAIN).toString('hex')}`;

const problemOf = (text: string): string => {
  try {
    parseTokens(text);
  } catch (error) {
    if (error instanceof BadTokensFile) return error.message;
    throw error;
  }
  return '';
};

test('each line is a token; comments and empty lines are skipped', () => {
  const other = `sha256:${'0'.repeat(64)}`;
  const text = `# tokens\r\n\nci write ${HASH}\n  grafana\tread ${other} uploads=2 rate=600 expires=2027-01-31  \n`;
  expect(parseTokens(text)).toEqual([
    { name: 'ci', role: 'write', digest: digestOf(PLAIN), expiresAt: null, ratePerMinute: null, uploadsAtATime: null },
    {
      name: 'grafana',
      role: 'read',
      digest: Buffer.alloc(32),
      expiresAt: Date.parse('2027-01-31T00:00:00Z'),
      ratePerMinute: 600,
      uploadsAtATime: 2,
    },
  ]);
});

test('two lines may have one name, so that a token can be replaced without a gap', () => {
  expect(parseTokens(`ci write ${HASH}\nci write sha256:${'0'.repeat(64)}`)).toHaveLength(2);
});

test.for([
  ['', 'expected at least one token, got none'],
  ['# nothing\n', 'expected at least one token, got none'],
  ['\nci', 'line 2: expected one of the roles read, write, admin after the name "ci"'],
  ['ci root', 'line 1: expected one of the roles read, write, admin after the name "ci"'],
  ['env:admin admin x', 'line 1: expected a name of 1 to 64 letters'],
  [`ci read ${PLAIN}`, 'line 1: expected "sha256:" and 64 hex digits in lower case, got 30 characters of another form'],
  [`ci read ${HASH.toUpperCase()}`, 'line 1: expected "sha256:" and 64 hex digits in lower case'],
  [`ci read ${HASH}\n\nci read ${HASH}`, 'line 3: expected another token than on line 1'],
  [`ci read ${HASH} ${PLAIN}`, 'line 1: expected only "expires=<date>"'],
  [`ci read ${HASH} rate=1 rate=2`, 'line 1: expected one "rate=", got several'],
  [`ci read ${HASH} rate=0`, 'line 1: expected "rate=" with a whole number from 1 to 1000000000, got "0"'],
  [`ci read ${HASH} expires=2027-13-01`, 'line 1: expected "expires=" with a date such as 2027-01-31'],
  [`ci read ${HASH} expires=tomorrow`, 'line 1: expected "expires=" with a date such as 2027-01-31'],
])('the file %j is refused with its line and the reason', ([text = '', expected = '']) => {
  expect(problemOf(text)).toContain(expected);
  expect(problemOf(text)).not.toContain(PLAIN);
});
