import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseMoment } from './moment.ts';
import { parseTailEventId, tailEventId, tailQuerySchema } from './tail.ts';

const moment = fc
  .record({ at: fc.nat(), min: fc.integer({ min: 1, max: 50 }), gaps: fc.array(fc.integer({ min: 1, max: 9 })) })
  .map(({ at, min, gaps }) => {
    const running = gaps.map((_, i) => min + gaps.slice(0, i).reduce((sum, gap) => sum + gap, 0));
    return `${at}~${min}:${(running.at(-1) ?? min) + 1}:${running.join(',')}`;
  });
const position = fc.record({
  since: moment,
  within: fc.option(
    fc.record({ until: moment, fileId: fc.uuid({ version: 7 }), line: fc.nat(), isNext: fc.boolean() }),
  ),
});

describe('the id of an event of a live tail', () => {
  test('is parsed to the position that it was made of', () => {
    fc.assert(
      fc.property(position, (one) => {
        expect(parseTailEventId(tailEventId(one))).toEqual(one);
      }),
    );
  });

  test.for([
    '',
    '1',
    '1~',
    '1~1:1',
    '1~0:1:',
    '1~2:1:',
    '1~1:9:3,2',
    '1~1:9:9',
    '1~1:9:1,',
    '1~1:2:/',
    '1~1:2:/1~1:2:/x:1',
  ])('is not %j', (text) => {
    expect(parseTailEventId(text)).toBeNull();
  });

  test('has a bounded length', () => {
    const running = Array.from({ length: 3_000 }, (_, n) => n + 1).join(',');
    expect(parseMoment(`1~1:9000:${running}`)).toBeNull();
  });
});

test('the query of a live tail has the conditions of a search, without pages', () => {
  expect(tailQuerySchema.parse({ q: 'a b', level: 'ERROR', service: 's' })).toEqual({
    q: 'a b',
    level: ['ERROR'],
    service: 's',
  });
  expect(tailQuerySchema.parse({}).q).toBe('');
  for (const wrong of [{ page: 1 }, { q: '(' }, { level: 'LOUD' }, { from: '2026-01-02', to: '2026-01-01' }])
    expect(tailQuerySchema.safeParse(wrong).success).toBe(false);
});
