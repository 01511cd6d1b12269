import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RecentMap } from './recent-map.ts';

const ONE = 10;
const recentMap = (entries: number) => new RecentMap<string>(entries * ONE, () => ONE);

test('an entry that is read between others stays, and one that is not is forgotten', () => {
  const map = recentMap(8);
  map.set('read', 'a');
  map.set('unread', 'b');
  for (let n = 0; n < 100; n++) {
    map.set(`n${n}`, 'c');
    expect(map.get('read')).toBe('a');
  }
  expect(map.get('unread')).toBeUndefined();
});

test('it remembers at least half of its bytes, and never more than one entry beyond them', () => {
  const uses = fc.array(fc.tuple(fc.boolean(), fc.nat(20)), { maxLength: 200 });
  fc.assert(
    fc.property(uses, (all) => {
      const map = recentMap(8);
      const latest: string[] = [];
      for (const [isRead, n] of all) {
        const key = `n${n}`;
        const isThere = latest.slice(-4).includes(key);
        if (isThere) expect(map.get(key)).toBe(key);
        else if (isRead) map.get(key);
        if (!isRead) map.set(key, key);
        if (!isRead || isThere) latest.splice(0, latest.length, ...latest.filter((one) => one !== key), key);
        expect(map.size).toBeLessThanOrEqual(9);
      }
    }),
  );
});

test('a replaced value is the one that is read, also after a change of generations', () => {
  const map = recentMap(4);
  map.set('k', 'first');
  for (let n = 0; n < 3; n++) map.set(`n${n}`, 'x');
  map.set('k', 'second');
  expect(map.get('k')).toBe('second');
  map.set('other', 'x');
  expect(map.get('k')).toBe('second');
});
