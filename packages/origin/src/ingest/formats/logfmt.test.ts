import { describe, expect, test } from 'vitest';
import { readOne } from '../testing/read-all.ts';

const DATE = '2024-01-15T10:30:45.000Z';

describe('logfmt', () => {
  test('pairs are columns, quoted values are unescaped, and a bare key is true', async () => {
    expect(
      await readOne('time=2024-01-15T10:30:45Z level=warn msg="a \\"b\\"\\n" app=api status=200 duration=1.5s x= flag'),
    ).toEqual({
      format: 'logfmt',
      record: {
        timestamp: DATE,
        level: 'WARN',
        service: 'api',
        message: 'a "b"\n',
        status: 200,
        responseTimeMs: 1_500,
        fields: { x: '', flag: true },
      },
    });
  });

  test('a sentence with an equals sign is text', async () => {
    expect((await readOne('we found that x=1 and y=2 in the end')).format).toBe('text');
  });
});
