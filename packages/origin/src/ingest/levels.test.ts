import { describe, expect, test } from 'vitest';
import { levelOfColumn } from './column-values.ts';
import { levelOfStatus } from './levels.ts';

describe('levels', () => {
  test.each([
    ['TRACE', ['trace', 'FINEST', 'verbose', 'T', 10, '10', 'trace3']],
    ['DEBUG', ['debug', 'Dbg', 'fine', 'D', 20, 7, '7']],
    ['INFO', ['info', 'Information', 'LOG', 'i', 30, 6]],
    ['NOTICE', ['notice', 'Note', 5]],
    ['WARN', ['warn', 'WARNING', 'wrn', 'W', 40, 4]],
    ['ERROR', ['error', 'ERR', 'severe', 'E', 50, 3]],
    ['FATAL', ['fatal', 'critical', 'crit', 'alert', 'emerg', 'panic', 60, 0, 1, 2]],
    [undefined, ['', 'errors', 'none', 8, 15, 100, -1, 1.5, null, {}, true]],
  ])('%s has all the usual spellings', (level, spellings) => {
    for (const spelling of spellings) expect({ spelling, level: levelOfColumn(spelling) }).toEqual({ spelling, level });
  });

  test('an HTTP status implies a level', () => {
    expect([200, 304, 404, 499, 500, 599].map(levelOfStatus)).toEqual([
      'INFO',
      'INFO',
      'WARN',
      'WARN',
      'ERROR',
      'ERROR',
    ]);
  });
});
