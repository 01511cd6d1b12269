import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Footprint, footprintOf } from '../footprint.ts';
import { parseKey } from '../key.ts';
import { checkedScope, type Range, type Scope } from '../scope.ts';
import { type InvalidationMode, prefixesOf, type Selector, toToken } from '../selector.ts';
import { ManualClock, MemoryLogServer } from '../testing/index.ts';
import { HitIndex } from './hit-index.ts';
import type { HitLimits } from './last-hits.ts';
import type { Snapshot } from './port.ts';

interface Written {
  readonly mode: InvalidationMode;
  readonly selectors: readonly Selector[];
}

interface Asked {
  readonly mode: InvalidationMode;
  readonly key: string;
  readonly tags: readonly string[];
  readonly scope: Scope | null;
  readonly asOf: number;
}

const NAMES = ['x', 'y', 'z'];
const INSTANTS = [-1, 0, 1, 2, 3, 4, 5, 6];
const DIMENSIONS = ['level', 'time', '__proto__'];

const mode = fc.constantFrom<InvalidationMode>('invalidate', 'expire');
const bound = fc.option(fc.integer({ min: 0, max: 5 }), { freq: 6 });
const range: fc.Arbitrary<Range> = fc
  .record({ from: bound, to: bound })
  .map(({ from, to }) => (from !== null && to !== null && from > to ? { from: to, to: from } : { from, to }));
const part = fc.oneof(range, fc.subarray(NAMES), fc.array(fc.constantFrom(...NAMES), { maxLength: 4 }));
const scope: fc.Arbitrary<Scope> = fc
  .array(fc.tuple(fc.constantFrom(...DIMENSIONS), part), { maxLength: 3 })
  .map((parts) => Object.fromEntries(parts));
const prefix = fc.constantFrom('a', 'a:b', 'b');
const key = fc.constantFrom('a:b:1', 'a:b:2', 'a:c:1', 'b:b:1', 'other');
const tag = fc.constantFrom('s', 't');

const scoped = fc.record({ prefix, scope });
const selector: fc.Arbitrary<Selector> = fc.oneof(
  { weight: 6, arbitrary: scoped },
  { weight: 1, arbitrary: fc.record({ prefix }) },
  { weight: 1, arbitrary: fc.record({ tag }) },
  { weight: 1, arbitrary: fc.record({ key }) },
);
const rarelyAll: fc.Arbitrary<Selector> = fc.oneof(
  { weight: 40, arbitrary: selector },
  { weight: 1, arbitrary: fc.constant({ all: true } as const) },
);
const record: fc.Arbitrary<Written> = fc.record({
  mode,
  selectors: fc.array(rarelyAll, { minLength: 1, maxLength: 3 }),
});
const history = fc.array(record, { maxLength: 40 });
const asked: fc.Arbitrary<Asked> = fc.record({
  mode,
  key,
  tags: fc.subarray(['s', 't', 'u']),
  scope: fc.option(scope, { freq: 5 }),
  asOf: fc.integer({ min: 0, max: 41 }),
});
const limits: fc.Arbitrary<HitLimits> = fc.record({
  selectors: fc.integer({ min: 1, max: 8 }),
  scopedHits: fc.integer({ min: 1, max: 8 }),
  scopedHitsPerPrefix: fc.integer({ min: 1, max: 8 }),
});

/** The definition, word by word: whether there is an instant or a name that both parts have. */
function partsShare(a: Scope[string], b: Scope[string]): boolean {
  if (isNothing(a) || isNothing(b) || Array.isArray(a) !== Array.isArray(b)) return true;
  return [...NAMES, ...INSTANTS].some((item) => has(a, item) && has(b, item));
}

function has(part: Scope[string], item: string | number): boolean {
  if (!('from' in part)) return part.includes(String(item));
  return (
    typeof item === 'number' && !(part.from !== null && item < part.from) && !(part.to !== null && item >= part.to)
  );
}

const isNothing = (part: Scope[string]) => ![...NAMES, ...INSTANTS].some((item) => has(part, item));

function isHit(selector: Selector, { key, tags, scope }: Asked): boolean {
  if ('all' in selector) return true;
  if ('tag' in selector) return tags.includes(selector.tag);
  if ('key' in selector) return selector.key === key;
  const changed = selector.scope as Scope | undefined;
  if (!key.startsWith(`${selector.prefix}:`)) return false;
  if (!changed || !scope) return true;
  return DIMENSIONS.every((name) => {
    const [one, other] = [changed, scope].map((s) => Object.entries(s).find(([dimension]) => dimension === name)?.[1]);
    return one === undefined || other === undefined || partsShare(one, other);
  });
}

/** Reads the whole history again for each question. */
const lastHitByReading = (records: readonly Written[], asked: Asked): number =>
  records.findLastIndex(({ mode, selectors }) => mode === asked.mode && selectors.some((s) => isHit(s, asked))) + 1;

function indexOf(records: readonly Written[], index: HitIndex): HitIndex {
  for (const [i, { mode, selectors }] of records.entries())
    index.record({ mode, selectors: selectors.map(toToken), position: i + 1 });
  return index;
}

const footprint = ({ key, tags, scope }: Asked): Footprint =>
  footprintOf(parseKey(key), tags, scope && checkedScope(scope));

const agrees = (empty: () => HitIndex) =>
  fc.property(history, fc.array(asked, { minLength: 1, maxLength: 5 }), (records, questions) => {
    const index = indexOf(records, empty());
    for (const asked of questions) {
      const expected = lastHitByReading(records, asked);
      expect(index.lastHit(asked.mode, footprint(asked))).toBe(expected);
      expect(index.isHitSince(asked.mode, footprint(asked), asked.asOf)).toBe(expected > asked.asOf);
    }
  });

test('without bounds it answers what reading the whole history would, for any selectors, scopes and modes', () => {
  fc.assert(
    agrees(() => new HitIndex()),
    { numRuns: 2_000 },
  );
});

describe('the comparison finds an index that', () => {
  /** Asks as if entries depended on something else than they do. */
  class Narrow extends HitIndex {
    readonly #narrowed: (scope: Scope) => Scope;

    constructor(narrowed: (scope: Scope) => Scope) {
      super();
      this.#narrowed = narrowed;
    }

    override lastHit(mode: InvalidationMode, { scope, ...rest }: Footprint): number {
      return super.lastHit(mode, { ...rest, scope: scope && this.#narrowed(scope) });
    }
  }
  const earlier = (part: Scope[string]): Scope[string] =>
    'from' in part && part.to !== null && part.to > (part.from ?? -1) + 1 ? { from: part.from, to: part.to - 1 } : part;

  test.each<[string, (scope: Scope) => Scope]>([
    [
      'ends ranges too early',
      (s) => Object.fromEntries(Object.entries(s).map(([name, part]) => [name, earlier(part)])),
    ],
    ['takes a dimension that is absent for nothing', (s) => ({ level: ['none'], ...s })],
    ['compares names by more than the names', (s) => ({ ...s, ...(Array.isArray(s['level']) && { level: ['X'] }) })],
  ])('%s', (_, narrowed) => {
    expect(
      fc.check(
        agrees(() => new Narrow(narrowed)),
        { numRuns: 2_000 },
      ).failed,
    ).toBe(true);
  });

  test('forgets hits without coarsening them', () => {
    class Forgetful extends HitIndex {
      override record(record: Parameters<HitIndex['record']>[0]): void {
        if (record.position % 10 !== 0) super.record(record);
      }
    }
    expect(
      fc.check(
        agrees(() => new Forgetful()),
        { numRuns: 2_000 },
      ).failed,
    ).toBe(true);
  });
});

describe('bounded, with scopes and all', () => {
  test('it may only err towards a later hit, never beyond the last position, and both its answers agree', () => {
    fc.assert(
      fc.property(history, asked, limits, (records, asked, limits) => {
        const index = indexOf(records, new HitIndex(limits));
        const found = index.lastHit(asked.mode, footprint(asked));
        expect(found).toBeGreaterThanOrEqual(lastHitByReading(records, asked));
        expect(found).toBeLessThanOrEqual(records.length);
        expect(index.isHitSince(asked.mode, footprint(asked), asked.asOf)).toBe(found > asked.asOf);
      }),
      { numRuns: 2_000 },
    );
  });

  test('its bound on scoped hits errs in the prefixes of scoped hits alone, and raises no floor', () => {
    fc.assert(
      fc.property(history, asked, limits, (records, asked, { scopedHits, scopedHitsPerPrefix }) => {
        const index = indexOf(records, new HitIndex({ scopedHits, scopedHitsPerPrefix }));
        const wasNarrowed = records.some(({ mode, selectors }) =>
          selectors.some(
            (selector) =>
              mode === asked.mode &&
              'prefix' in selector &&
              selector.scope !== undefined &&
              prefixesOf(asked.key).includes(selector.prefix),
          ),
        );
        if (wasNarrowed) return;
        expect(index.lastHit(asked.mode, footprint(asked))).toBe(lastHitByReading(records, asked));
      }),
    );
  });

  test('what is newer than the last hit that it had to coarsen is answered exactly', () => {
    fc.assert(
      fc.property(fc.array(scoped, { maxLength: 40 }), asked, fc.integer({ min: 1, max: 8 }), (hits, asked, most) => {
        const records = hits.map((selector): Written => ({ mode: asked.mode, selectors: [selector] }));
        const index = indexOf(records, new HitIndex({ scopedHits: most }));
        const recent = Math.max(0, records.length - most);
        const expected = lastHitByReading(records, asked);
        expect(index.isHitSince(asked.mode, footprint(asked), recent)).toBe(expected > recent);
      }),
    );
  });
});

describe('taking a snapshot', () => {
  type LastHit = Snapshot['lastHits'][number];
  /** What a log keeps that has room for everything: each token once, at its last position. */
  function lastHits(records: readonly Written[]): LastHit[] {
    const last = new Map<string, LastHit>();
    for (const [i, { mode, selectors }] of records.entries()) {
      for (const selector of selectors.map(toToken))
        last.set(`${mode} ${selector}`, { mode, selector, position: i + 1 });
    }
    return [...last.values()];
  }
  const shuffled = (hits: readonly LastHit[]) => fc.shuffledSubarray([...hits], { minLength: hits.length });

  test('in any order gives the same answers as having followed the log, whatever was known before', () => {
    fc.assert(
      fc.property(
        history.chain((records) => fc.tuple(fc.constant(records), shuffled(lastHits(records)))),
        history,
        asked,
        ([records, hits], before, asked) => {
          const index = indexOf(before, new HitIndex());
          index.replace({ floor: 0, lastHits: hits });
          expect(index.lastHit(asked.mode, footprint(asked))).toBe(lastHitByReading(records, asked));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test('in which the log had to coarsen hits, and following it from there, errs only towards a later hit', () => {
    fc.assert(
      fc.property(history, history, asked, limits, limits, (first, then, asked, ofLog, ofIndex) => {
        const server = new MemoryLogServer(new ManualClock(), {
          mostRecords: 100,
          mostSelectors: ofLog.selectors,
          mostScoped: ofLog.scopedHits,
        });
        const append = ({ mode, selectors }: Written, i: number) =>
          server.append({ eventId: `e${i}`, mode, selectors: selectors.map(toToken), knownEpoch: 0 });
        const records = [...first, ...then];
        first.forEach(append);
        const index = new HitIndex(ofIndex);
        const { epoch, head, ...snapshot } = server.snapshot(0);
        index.replace(snapshot);
        then.forEach((record, i) => void append(record, head + i));
        for (const record of server.readAfter(epoch, head)) index.record(record);
        const found = index.lastHit(asked.mode, footprint(asked));
        expect(found).toBeGreaterThanOrEqual(lastHitByReading(records, asked));
        expect(found).toBeLessThanOrEqual(records.length);
      }),
      { numRuns: 1_000 },
    );
  });
});
