import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type InvalidationTargets, invalidationTargetsOf } from '../model/invalidation-targets.ts';
import { parseKey } from '../model/key.ts';
import type { Scope, ScopeInput } from '../model/scope.ts';
import { type InvalidationMode, type Selector, type SelectorToken, toToken } from '../model/selector.ts';
import { HitIndex } from './hit-index.ts';

const of = (key: string, scope: Scope | null = null, tags: string[] = []) =>
  invalidationTargetsOf(parseKey(key), tags, scope);
const hour = (from: number): Scope => ({ time: { from, to: from + 1 } });
const token = (text: string) => text as SelectorToken;

/** Records one selector at each next position. */
class Recorder {
  readonly index: HitIndex;
  #position = 0;

  constructor(limits?: ConstructorParameters<typeof HitIndex>[0]) {
    this.index = new HitIndex(limits);
  }

  hit(selector: Selector | SelectorToken, mode: InvalidationMode = 'invalidate'): number {
    const text = typeof selector === 'string' ? selector : toToken(selector);
    this.index.record({ mode, selectors: [text], position: ++this.#position });
    return this.#position;
  }

  scoped(prefix: string, scope: ScopeInput, mode?: InvalidationMode): number {
    return this.hit({ prefix, scope }, mode);
  }

  last(targets: InvalidationTargets, mode: InvalidationMode = 'invalidate'): number {
    return this.index.lastHit(mode, targets);
  }
}

describe('a scoped hit', () => {
  test('hits the entries of its prefix that depend on the change or have no scope', () => {
    const log = new Recorder();
    log.scoped('stats', hour(3));
    expect(log.last(of('stats:a:1', hour(3)))).toBe(1);
    expect(log.last(of('stats:a:1', hour(4)))).toBe(0);
    expect(log.last(of('stats:a:1', { levels: ['ERROR'] }))).toBe(1);
    expect(log.last(of('stats:a:1'))).toBe(1);
    expect(log.last(of('files:a:1', hour(3)))).toBe(0);
    expect(log.last(of('stats2:a:1', hour(3)))).toBe(0);
    expect(log.last(of('stats:a:1', hour(3)), 'expire')).toBe(0);
  });

  test('of a longer prefix counts in addition to those of a shorter one', () => {
    const log = new Recorder();
    log.scoped('stats', hour(1));
    log.scoped('stats:a', hour(2));
    expect([1, 2].map((n) => log.last(of('stats:a:1', hour(n))))).toEqual([1, 2]);
    expect([1, 2].map((n) => log.last(of('stats:b:1', hour(n))))).toEqual([1, 0]);
  });

  test('that is repeated is one hit, at its last position', () => {
    const log = new Recorder({ scopedHits: 2, scopedHitsPerPrefix: 2 });
    log.scoped('stats', hour(1));
    log.scoped('stats', hour(2));
    for (let i = 0; i < 10; i++) log.scoped('stats', hour(1));
    expect([1, 2, 3].map((n) => log.last(of('stats:a:1', hour(n))))).toEqual([12, 2, 0]);
  });
});

describe('beyond its bounds', () => {
  test('the oldest scoped hit of a prefix becomes a hit of the whole prefix only', () => {
    const log = new Recorder({ scopedHitsPerPrefix: 3 });
    log.scoped('files', hour(1));
    for (let i = 1; i <= 100; i++) log.scoped('stats', hour(i));
    const never = of('stats:a:1', hour(1_000));
    expect(log.last(never)).toBe(98); // the position of hour 97, the last that was coarsened
    expect([98, 99, 100].map((n) => log.last(of('stats:a:1', hour(n))))).toEqual([99, 100, 101]);
    expect(log.last(of('files:a:1', hour(1)))).toBe(1);
    expect(log.last(of('files:a:1', hour(2)))).toBe(0);
    expect(log.last(of('stats:a:1', hour(2)), 'expire')).toBe(0);
    expect(log.last(of('other:a:1'))).toBe(0);
  });

  test('the oldest scoped hit of many prefixes becomes a hit of its whole prefix', () => {
    const log = new Recorder({ scopedHits: 3 });
    for (const prefix of ['a', 'b', 'c', 'd']) log.scoped(prefix, hour(1));
    expect(['a', 'b', 'c', 'd', 'e'].map((p) => log.last(of(`${p}:x:1`, hour(2))))).toEqual([1, 0, 0, 0, 0]);
  });

  test('a forgotten scoped hit does not lower a later hit of its whole prefix', () => {
    const log = new Recorder({ scopedHitsPerPrefix: 1 });
    log.scoped('stats', hour(1));
    log.hit({ prefix: 'stats' });
    log.scoped('stats', hour(2));
    expect([1, 2, 3].map((n) => log.last(of('stats:a:1', hour(n))))).toEqual([2, 3, 2]);
  });

  test('many writes to one prefix cause no misses of another', () => {
    const log = new Recorder();
    const before = [1, 2, 3].map((n) => log.scoped('files', hour(n)));
    for (let i = 0; i < 20_000; i++) log.scoped('noisy', hour(i));
    expect([1, 2, 3].map((n) => log.last(of('files:a:1', hour(n))))).toEqual(before);
    expect(log.last(of('files:a:1', hour(4)))).toBe(0);
    expect(log.last(of('noisy:a:1', hour(-1)))).toBe(20_003 - 2_000);
  });

  test('20,000 keys of one prefix cause misses in that prefix only, of entries older than the last 10,000', () => {
    const log = new Recorder();
    const before = [log.hit({ prefix: 'files:a' }), log.hit({ tag: 't' }), log.hit({ key: 'stats:a:1' })];
    for (let i = 0; i < 20_000; i++) log.hit({ key: `noisy:a:${i}` });
    expect([of('files:a:1'), of('other:a:1', null, ['t']), of('stats:a:1')].map((f) => log.last(f))).toEqual(before);
    expect([of('files:b:1'), of('other:a:1'), of('stats:a:2')].map((f) => log.last(f))).toEqual([0, 0, 0]);
    expect(log.last(of('noisy:b:1'))).toBe(10_003);
    expect([10_000, 19_999].map((n) => log.last(of(`noisy:a:${n}`)))).toEqual([10_004, 20_003]);
    expect(log.last(of('noisy:b:1'), 'expire')).toBe(0);
  });

  test('the oldest key of many prefixes becomes a hit of its whole prefix, version included', () => {
    const log = new Recorder({ keyHits: 3 });
    for (const key of ['a@2:x:1', 'b:x@2:1', 'c:x:1', 'c:x:2', 'c:x:3']) log.hit({ key });
    const keys = ['a@2:y:1', 'a:x:1', 'a@3:x:1', 'b:y:1', 'b@4:y:1', 'c:y:1'];
    expect(keys.map((key) => log.last(of(key)))).toEqual([1, 0, 0, 2, 2, 0]);
  });

  test('a forgotten key does not lower a later hit of its whole prefix', () => {
    const log = new Recorder({ keyHitsPerPrefix: 1 });
    log.hit({ key: 'a:x:1' });
    log.hit({ prefix: 'a' });
    log.hit({ key: 'a:x:2' });
    expect(['a:x:1', 'a:x:2'].map((key) => log.last(of(key)))).toEqual([2, 3]);
  });

  test('a key of one segment is remembered until the total bound, then counts as everything', () => {
    const log = new Recorder({ keyHits: 3, keyHitsPerPrefix: 1 });
    for (const key of ['one', 'two', 'three']) log.hit({ key });
    expect(log.last(of('files:a:1'))).toBe(0);
    log.hit({ key: 'files:a:1' });
    expect([of('files:a:1'), of('files:a:2'), of('four')].map((f) => log.last(f))).toEqual([4, 1, 1]);
    expect(log.last(of('four'), 'expire')).toBe(0);
  });

  const tokens = fc.integer({ min: 0, max: 12 }).map((n) => token(`t:${n}`));
  const history = fc.array(fc.array(tokens, { minLength: 1, maxLength: 4 }), { maxLength: 60 });

  test('a bounded index errs only towards a later hit, never beyond the last position', () => {
    fc.assert(
      fc.property(history, fc.array(tokens), fc.integer({ min: 1, max: 6 }), (records, asked, selectors) => {
        const index = new HitIndex({ selectors });
        for (const [i, record] of records.entries())
          index.record({ mode: 'invalidate', selectors: record, position: i + 1 });
        const exact = records.findLastIndex((record) => record.some((hit) => asked.includes(hit))) + 1;
        const found = index.lastHit('invalidate', { tokens: asked, prefixes: [], scope: null });
        expect(found).toBeGreaterThanOrEqual(exact);
        expect(found).toBeLessThanOrEqual(records.length);
      }),
    );
  });
});

describe('a token of another version', () => {
  test.each(['z:later', 's:{', 's:["",{}]', ''])('%j, which is not readable, hits everything', (text) => {
    const log = new Recorder();
    log.hit({ key: 'k' });
    log.hit(token(text));
    expect(log.last(of('stats:a:1', hour(1)))).toBe(2);
    log.index.replace({ floor: 0, lastHits: [{ mode: 'expire', selector: token(text), position: 5 }] });
    expect([log.last(of('stats:a:1'), 'expire'), log.last(of('stats:a:1'))]).toEqual([5, 0]);
  });

  test('an unreadable scope hits its whole prefix and no other', () => {
    const log = new Recorder();
    log.hit(token('s:["stats",{"levels":{"not":["DEBUG"]}}]'));
    expect(log.last(of('stats:a:1', { levels: ['ERROR'] }))).toBe(1);
    expect(log.last(of('files:a:1', { levels: ['ERROR'] }))).toBe(0);
  });
});

test('everything at or below the floor counts as hit until the index is cleared', () => {
  const index = new HitIndex();
  index.replace({ floor: 7, lastHits: [] });
  for (const mode of ['invalidate', 'expire'] as const) expect(index.lastHit(mode, of('never:a:1'))).toBe(7);
  expect([6, 7].map((asOf) => index.isHitSince('invalidate', of('never:a:1'), asOf))).toEqual([true, false]);
  index.clear();
  expect(index.lastHit('invalidate', of('never:a:1'))).toBe(0);
  expect(index.isHitSince('invalidate', of('never:a:1'), 0)).toBe(false);
});

test('the version changes with everything that may change an answer', () => {
  const index = new HitIndex();
  const versions = [index.version];
  index.record({ mode: 'expire', selectors: [token('a')], position: 1 });
  versions.push(index.version);
  index.replace({ floor: 0, lastHits: [] });
  versions.push(index.version);
  index.clear();
  versions.push(index.version);
  expect(new Set(versions).size).toBe(4);
});
