import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type InvalidationTargets, invalidationTargetsOf } from '../model/invalidation-targets.ts';
import { keyOf, parseKey } from '../model/key.ts';
import { checkedScope, type Scope } from '../model/scope.ts';
import { type InvalidationMode, prefixesOf, toToken } from '../model/selector.ts';
import type { Snapshot } from '../ports/invalidation-log.ts';
import { ManualClock, MemoryLogServer } from '../testing/index.ts';
import { HitIndex } from './hit-index.ts';
import { type Asked, asked, history, lastHitByReading, limits, scoped, type Written } from './testing/hit-oracle.ts';

function indexOf(records: readonly Written[], index: HitIndex): HitIndex {
  for (const [i, { mode, selectors }] of records.entries())
    index.record({ mode, selectors: selectors.map(toToken), position: i + 1 });
  return index;
}

const targets = ({ key, tags, scope }: Asked) =>
  invalidationTargetsOf(parseKey(key), tags, scope && checkedScope(scope));

const NOTHING: InvalidationTargets = { tokens: [], prefixes: [], scope: null };

const keysIn = (records: readonly Written[], inMode: InvalidationMode): string[] =>
  records
    .filter(({ mode }) => mode === inMode)
    .flatMap(({ selectors }) => selectors.flatMap(({ key }) => (key === undefined ? [] : [keyOf(key)])));

/** Returns true if a coarsened hit of `key` may count as a hit of `asked`: they share the prefix, or the key has none. */
const mayCountFor = (asked: string, key: string): boolean =>
  !key.includes(':') || prefixesOf(asked).some((prefix) => key.startsWith(`${prefix}:`) && !prefix.includes(':'));

const agrees = (empty: () => HitIndex) =>
  fc.property(history, fc.array(asked, { minLength: 1, maxLength: 5 }), (records, questions) => {
    const index = indexOf(records, empty());
    for (const asked of questions) {
      const expected = lastHitByReading(records, asked);
      expect(index.lastHit(asked.mode, targets(asked))).toBe(expected);
      expect(index.isHitSince(asked.mode, targets(asked), asked.asOf)).toBe(expected > asked.asOf);
    }
  });

test('an unbounded index answers as reading the whole history does', () => {
  fc.assert(
    agrees(() => new HitIndex()),
    { numRuns: 2_000 },
  );
});

/** The verdict of an entry that is judged again after some of the records: see `Lookup`. */
const judgedAgain = (empty: () => HitIndex) =>
  fc.property(history, asked, fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }), (records, asked, reads) => {
    const index = empty();
    let [upTo, isHit] = [asked.asOf, false];
    for (const [i, { mode, selectors }] of records.entries()) {
      index.record({ mode, selectors: selectors.map(toToken), position: i + 1 });
      if (!reads[i]) continue;
      isHit ||= index.isHitSince(asked.mode, targets(asked), upTo);
      upTo = Math.max(upTo, i + 1);
      expect(isHit).toBe(lastHitByReading(records.slice(0, i + 1), asked) > asked.asOf);
    }
  });

test('an entry judged by the later records alone is judged as by the whole history', () => {
  fc.assert(
    judgedAgain(() => new HitIndex()),
    { numRuns: 2_000 },
  );
});

describe('the comparison detects an index that', () => {
  /** Asks as if entries depended on another scope. */
  class Narrow extends HitIndex {
    readonly #narrowed: (scope: Scope) => Scope;

    constructor(narrowed: (scope: Scope) => Scope) {
      super();
      this.#narrowed = narrowed;
    }

    override lastHit(mode: InvalidationMode, { scope, ...rest }: InvalidationTargets): number {
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
    ['treats an absent dimension as empty', (s) => ({ level: ['none'], ...s })],
    ['compares names by more than the names', (s) => ({ ...s, ...(Array.isArray(s['level']) && { level: ['X'] }) })],
  ])('%s', (_, narrowed) => {
    expect(
      fc.check(
        agrees(() => new Narrow(narrowed)),
        { numRuns: 2_000 },
      ).failed,
    ).toBe(true);
  });

  test('skips the first record after the last verdict', () => {
    class Skipping extends HitIndex {
      override isHitSince(...[mode, entry, asOf]: Parameters<HitIndex['isHitSince']>): boolean {
        return super.isHitSince(mode, entry, asOf + 1);
      }
    }
    expect(
      fc.check(
        judgedAgain(() => new Skipping()),
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

describe('a bounded index', () => {
  test('errs only towards a later hit, never beyond the last position, and both answers agree', () => {
    fc.assert(
      fc.property(history, asked, limits, (records, asked, limits) => {
        const index = indexOf(records, new HitIndex(limits));
        const found = index.lastHit(asked.mode, targets(asked));
        expect(found).toBeGreaterThanOrEqual(lastHitByReading(records, asked));
        expect(found).toBeLessThanOrEqual(records.length);
        expect(index.isHitSince(asked.mode, targets(asked), asked.asOf)).toBe(found > asked.asOf);
      }),
      { numRuns: 2_000 },
    );
  });

  test('with bounded scoped hits errs only in the prefixes of scoped hits', () => {
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
        expect(index.lastHit(asked.mode, targets(asked))).toBe(lastHitByReading(records, asked));
      }),
    );
  });

  test('with bounded keys errs only in the prefixes of keys', () => {
    fc.assert(
      fc.property(history, asked, limits, (records, asked, { keyHits, keyHitsPerPrefix }) => {
        const index = indexOf(records, new HitIndex({ keyHits, keyHitsPerPrefix }));
        expect(index.lastHit(asked.mode, NOTHING)).toBe(0);
        if (keysIn(records, asked.mode).some((key) => mayCountFor(asked.key, key))) return;
        expect(index.lastHit(asked.mode, targets(asked))).toBe(lastHitByReading(records, asked));
      }),
      { numRuns: 2_000 },
    );
  });

  test('with too many keys of one prefix causes no misses of the keys of another', () => {
    const noise = fc.integer({ min: 0, max: 30 }).map((n): Written['selectors'][number] => ({ key: `noisy:k:${n}` }));
    const noisy = fc.tuple(history, fc.array(noise, { maxLength: 60 })).chain(([records, noise]) =>
      fc.shuffledSubarray([...records, ...noise.map((key): Written => ({ mode: 'invalidate', selectors: [key] }))], {
        minLength: records.length + noise.length,
      }),
    );
    fc.assert(
      fc.property(noisy, asked, (records, asked) => {
        const index = indexOf(records, new HitIndex({ keyHitsPerPrefix: 5 }));
        expect(index.lastHit(asked.mode, targets(asked))).toBe(lastHitByReading(records, asked));
      }),
    );
  });

  test('answers exactly for everything newer than the last coarsened hit', () => {
    fc.assert(
      fc.property(fc.array(scoped, { maxLength: 40 }), asked, fc.integer({ min: 1, max: 8 }), (hits, asked, most) => {
        const records = hits.map((selector): Written => ({ mode: asked.mode, selectors: [selector] }));
        const index = indexOf(records, new HitIndex({ scopedHits: most }));
        const recent = Math.max(0, records.length - most);
        const expected = lastHitByReading(records, asked);
        expect(index.isHitSince(asked.mode, targets(asked), recent)).toBe(expected > recent);
      }),
    );
  });
});

describe('replacing the content with a snapshot', () => {
  type LastHit = Snapshot['lastHits'][number];
  /** The hits of a log without bounds: each token once, at its last position. */
  function lastHits(records: readonly Written[]): LastHit[] {
    const last = new Map<string, LastHit>();
    for (const [i, { mode, selectors }] of records.entries()) {
      for (const selector of selectors.map(toToken))
        last.set(`${mode} ${selector}`, { mode, selector, position: i + 1 });
    }
    return [...last.values()];
  }
  const shuffled = (hits: readonly LastHit[]) => fc.shuffledSubarray([...hits], { minLength: hits.length });

  test('in any order answers as following the log does, whatever was known before', () => {
    fc.assert(
      fc.property(
        history.chain((records) => fc.tuple(fc.constant(records), shuffled(lastHits(records)))),
        history,
        asked,
        ([records, hits], before, asked) => {
          const index = indexOf(before, new HitIndex());
          index.replace({ floor: 0, lastHits: hits });
          expect(index.lastHit(asked.mode, targets(asked))).toBe(lastHitByReading(records, asked));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test('with coarsened hits, then following the log, errs only towards a later hit', () => {
    fc.assert(
      fc.property(history, history, asked, limits, limits, (first, then, asked, ofLog, ofIndex) => {
        const server = new MemoryLogServer(new ManualClock(), {
          maxRecords: 100,
          maxSelectors: ofLog.selectors,
          maxScoped: ofLog.scopedHits,
          maxKeys: ofLog.keyHits,
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
        const found = index.lastHit(asked.mode, targets(asked));
        expect(found).toBeGreaterThanOrEqual(lastHitByReading(records, asked));
        expect(found).toBeLessThanOrEqual(records.length);
      }),
      { numRuns: 1_000 },
    );
  });
});
