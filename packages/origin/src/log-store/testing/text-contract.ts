import { SearchSyntaxError, searchBodySchema } from '@pilotlight/contracts';
import { beforeAll, expect, test } from 'vitest';
import { addFile, type LogStoreWorld, messages, record } from './world.ts';

const MESSAGES = [
  'Failed password for invalid user admin from 10.251.73.220 port 22',
  'Accepted password for root from 10.251.73.221 port 22',
  'read /etc/httpd/conf/httpd.conf: permission denied',
  'mod_jk child workerEnv in error state 6',
  'connection refused; password not asked',
  'user=ÄRGER naïve café “quoted” 日本語 done✅',
  'e\u0301tude for piano',
  '--- *** ---',
];

const TERMS: [string, number[]][] = [
  ['password', [0, 1, 4]],
  ['PassWord', [0, 1, 4]],
  ['password failed', [0]],
  ['pass', []],
  ['"failed password"', [0]],
  ['"password failed"', []],
  ['password -failed', [1, 4]],
  ['password -"invalid user"', [1, 4]],
  ['-password', [2, 3, 5, 6, 7]],
  ['failed OR accepted', [0, 1]],
  ['password failed OR accepted', [0, 1]],
  ['failed OR accepted password OR httpd', [0, 1]],
  ['failed or accepted', []],
  ['password NOT failed', [1, 4]],
  ['password AND NOT (failed OR accepted)', [4]],
  ['(password failed) OR httpd', [0, 2]],
  ['-(password OR httpd)', [3, 5, 6, 7]],
  ['passw*', [0, 1, 4]],
  ['pass* -fail*', [1, 4]],
  ['10.251.7*', [0, 1]],
  ['"invalid us"*', [0]],
  ['"invalid us*"', []],
];

const WORDS: [string, number[]][] = [
  ['httpd', [2]],
  ['/etc/httpd/conf', [2]],
  ['conf/etc', []],
  ['10.251.73.220', [0]],
  ['10.251', [0, 1]],
  ['mod_jk', [3]],
  ['jk', [3]],
  ['workerenv', [3]],
  ['ärger', [5]],
  ['Ärger', [5]],
  ['naïve CAFÉ', [5]],
  ['quoted', [5]],
  ['日本語', [5]],
  ['done', [5]],
  ['étude', [6]],
  ['ETUDE', [6]],
  ['arger naive', [5]],
  ['本', [5]],
  ['本語', [5]],
  ['日語', []],
  ['日*', [5]],
];

const NOT_UNDERSTOOD = [
  '***',
  '"',
  '""',
  '-',
  '✅',
  '\\',
  '-"..."',
  '-- OR --',
  'a OR',
  '(a',
  'a)',
  'level:loud',
  'a*b',
];

/** Tests what a text query finds: words, phrases, prefixes and operators, as `LogStore.search` promises. */
export function textContract(world: () => LogStoreWorld): void {
  const find = async (q: string): Promise<string[]> => (await messages(world(), { q })).sort();
  const those = (indexes: number[]): string[] => indexes.map((index) => MESSAGES[index] ?? '').sort();
  beforeAll(async () => {
    await addFile(
      world(),
      MESSAGES.map((message, index) => record(index + 1, { message })),
    );
  });

  test.for(TERMS)('%s: words, phrases, exclusions and alternatives are honoured', async ([q, expected]) => {
    expect(await find(q)).toEqual(those(expected));
  });

  test.for(WORDS)('%s: everything but letters and digits separates words', async ([q, expected]) => {
    expect(await find(q)).toEqual(those(expected));
  });

  test.for(NOT_UNDERSTOOD)('%s: a query that cannot be parsed is rejected', async (q) => {
    const query = { ...searchBodySchema.parse({}), q };
    await expect(world().store.search(query)).rejects.toThrow(SearchSyntaxError);
  });

  test.for(['', '   ', '\t\n'])('a blank query (%j) finds everything', async (q) => {
    expect(await find(q)).toHaveLength(MESSAGES.length);
  });

  test('punctuation beside words changes nothing', async () => {
    expect(await find('& password | ! failed : *')).toEqual(those([0]));
  });
}
