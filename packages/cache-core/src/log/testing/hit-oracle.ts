import fc from 'fast-check';
import { keyOf } from '../../model/key.ts';
import type { Range, Scope } from '../../model/scope.ts';
import type { InvalidationMode, Selector } from '../../model/selector.ts';
import type { HitLimits } from '../remembered-hits.ts';

export interface Written {
  readonly mode: InvalidationMode;
  readonly selectors: readonly Selector[];
}

export interface Asked {
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
const bound = fc.option(fc.integer({ min: 0, max: 5 }), { freq: 9 });
const anyRange: fc.Arbitrary<Range> = fc
  .record({ from: bound, to: bound })
  .map(({ from, to }) => (from !== null && to !== null && from > to ? { from: to, to: from } : { from, to }));
/** Short ranges overlap and miss each other more often. */
const shortRange: fc.Arbitrary<Range> = fc
  .record({ from: fc.integer({ min: 0, max: 4 }), long: fc.integer({ min: 1, max: 2 }) })
  .map(({ from, long }) => ({ from, to: from + long }));
const names = fc.array(fc.constantFrom(...NAMES), { maxLength: 4 });
/** Mostly in the usual form of its dimension, so that most parts are compared. */
const part = (usual: fc.Arbitrary<Scope[string]>) =>
  fc.oneof({ weight: 8, arbitrary: usual }, { weight: 1, arbitrary: anyRange }, { weight: 1, arbitrary: names });
const scope: fc.Arbitrary<Scope> = fc
  .record({ time: part(shortRange), level: part(names), ['__proto__']: part(names) }, { requiredKeys: [] })
  .map((parts) => ({ ...parts }));
const prefix = fc.constantFrom('a', 'a:b', 'b');
const key = fc.constantFrom('a:b:1', 'a:b:2', 'a:c:1', 'b:b:1', 'b@2:b:1', 'other');
const tag = fc.constantFrom('s', 't');

export const scoped = fc.record({ prefix, scope });
const selector: fc.Arbitrary<Selector> = fc.oneof(
  { weight: 12, arbitrary: scoped },
  { weight: 1, arbitrary: fc.record({ prefix }) },
  { weight: 1, arbitrary: fc.record({ tag }) },
  { weight: 4, arbitrary: fc.record({ key }) },
);
const rarelyAll: fc.Arbitrary<Selector> = fc.oneof(
  { weight: 40, arbitrary: selector },
  { weight: 1, arbitrary: fc.constant({ all: true } as const) },
);
const record: fc.Arbitrary<Written> = fc.record({
  mode,
  selectors: fc.array(rarelyAll, { minLength: 1, maxLength: 3 }),
});
export const history = fc.array(record, { maxLength: 40 });
export const asked: fc.Arbitrary<Asked> = fc.record({
  mode,
  key,
  tags: fc.subarray(['s', 't', 'u']),
  scope: fc.option(scope, { freq: 9 }),
  asOf: fc.integer({ min: 0, max: 41 }),
});
export const limits: fc.Arbitrary<HitLimits> = fc.record({
  selectors: fc.integer({ min: 1, max: 8 }),
  scopedHits: fc.integer({ min: 1, max: 8 }),
  scopedHitsPerPrefix: fc.integer({ min: 1, max: 8 }),
  keyHits: fc.integer({ min: 1, max: 4 }),
  keyHitsPerPrefix: fc.integer({ min: 1, max: 4 }),
});

/** Returns true if there is an instant or a name that both parts contain, as the definition says. */
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
  if (selector.all !== undefined) return true;
  if (selector.tag !== undefined) return tags.includes(selector.tag);
  if (selector.key !== undefined) return keyOf(selector.key) === key;
  const changed = selector.scope as Scope | undefined;
  // The prefix, with any version.
  if (!new RegExp(`^${selector.prefix}(@\\d+)?:`).test(key)) return false;
  if (!changed || !scope) return true;
  return DIMENSIONS.every((name) => {
    const [one, other] = [changed, scope].map((s) => Object.entries(s).find(([dimension]) => dimension === name)?.[1]);
    return one === undefined || other === undefined || partsShare(one, other);
  });
}

/** Returns the last position that hit the question's entry, by reading the whole history. */
export const lastHitByReading = (records: readonly Written[], asked: Asked): number =>
  records.findLastIndex(({ mode, selectors }) => mode === asked.mode && selectors.some((s) => isHit(s, asked))) + 1;
