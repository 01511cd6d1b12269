import { describe, expect, test } from 'vitest';
import { levelOfColumn } from './column-values.ts';
import { levelOfStatus } from './levels.ts';

describe('levels', () => {
  test.each([
    ['TRACE', ['trace', 'FINEST', 'verbose', 'T', 'trace3']],
    ['DEBUG', ['debug', 'Dbg', 'fine', 'D', 'DEBUG-1']],
    ['INFO', ['info', 'Information', 'LOG', 'i', 'INFO+2']],
    ['NOTICE', ['notice', 'Note']],
    ['WARN', ['warn', 'WARNING', 'wrn', 'W']],
    ['ERROR', ['error', 'ERR', 'severe', 'E', 'ERROR+2']],
    ['FATAL', ['fatal', 'critical', 'crit', 'alert', 'emerg', 'panic']],
    [undefined, ['', 'errors', 'none', 'ERROR+', '+2', 4, '4', 30, -1, 1.5, null, {}, true]],
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
