import { InvalidArgument } from './errors.ts';

/**
 * A half-open range of numbers, such as instants in milliseconds: it includes `from` and excludes `to`. A null bound is
 * open.
 */
export interface Range {
  readonly from: number | null;
  readonly to: number | null;
}

/**
 * The part of the data that an entry depends on, or that a write changed, by dimension. Each dimension is a range or a set of
 * names. Several dimensions narrow together (that time *and* that level); an absent dimension means all of it.
 */
export type Scope = Readonly<Record<string, Range | readonly string[]>>;

/**
 * A scope as callers write it. A Date counts as its milliseconds. A bound or dimension that is absent, undefined or null
 * narrows nothing.
 */
export type ScopeInput = Readonly<Record<string, RangeInput | readonly string[] | null | undefined>>;

/** A range as callers write it. */
export interface RangeInput {
  readonly from?: number | Date | null | undefined;
  readonly to?: number | Date | null | undefined;
}

type Part = Range | readonly string[];

const MAX_DIMENSIONS = 16;
const MAX_DIMENSION_LENGTH = 100;
const MAX_NAMES = 100;
const MAX_NAME_LENGTH = 200;
/** Maximum characters of a scope as JSON. */
const MAX_SCOPE_LENGTH = 4_096;
/** Up to this number of pairs, comparing each with each costs less than a hashed set. */
const FEW_PAIRS = 64;

/**
 * Returns whether two scopes may share data. The result is exact for dimensions that both scopes name in the same form. A
 * range and a set, a dimension that only one scope names, and an empty range or set count as shared. It accepts scopes in any
 * form: an unchecked scope is never matched too narrowly.
 */
export function meets(a: Scope | null, b: Scope | null): boolean {
  if (a === null || b === null) return true;
  for (const dimension in a) {
    if (!Object.hasOwn(b, dimension) || !Object.hasOwn(a, dimension)) continue;
    const one = a[dimension];
    const other = b[dimension];
    if (one !== undefined && other !== undefined && !partsMeet(one, other)) return false;
  }
  return true;
}

/**
 * Returns the scope in its stored form: a copy with dimensions and names sorted and each once, so that equal scopes have equal
 * text.
 *
 * Mistakes of code are rejected: the form, the names and number of dimensions, a range that ends before it begins. Parts
 * that come from data are coarsened to the whole dimension if they are too large or name nothing: more than 100 names, a name
 * above 200 characters or with a lone surrogate, the longest dimensions of a scope whose JSON exceeds `longest` characters, an
 * empty set (often "no filter"), a range that ends where it begins (often the first and last instant of one record). A coarser
 * scope only hits more.
 *
 * @param longest maximum characters of the scope as JSON
 * @throws {InvalidArgument} naming the invalid dimension
 */
export function checkedScope(scope: ScopeInput, longest = MAX_SCOPE_LENGTH): Scope {
  if (!isPlain(scope)) throw new InvalidArgument('scope', 'an object of dimensions', scope);
  const dimensions = Object.keys(scope).sort();
  if (dimensions.length > MAX_DIMENSIONS)
    throw new InvalidArgument('scope', `at most ${MAX_DIMENSIONS} dimensions`, dimensions.length);
  const parts: [string, Part][] = [];
  for (const dimension of dimensions) {
    if (dimension === '' || dimension.length > MAX_DIMENSION_LENGTH || !dimension.isWellFormed())
      throw new InvalidArgument('scope dimension', `1 to ${MAX_DIMENSION_LENGTH} characters of text`, dimension);
    const part = checkedPart(dimension, scope[dimension]);
    if (part) parts.push([dimension, part]);
  }
  return fitting(parts, longest);
}

/**
 * Parses a scope that another version may have written. Returns null, which means everything, for a value that is not a
 * scope.
 */
export function readScope(value: unknown): Scope | null {
  try {
    const scope = checkedScope(value as ScopeInput);
    return Object.keys(scope).length === 0 ? null : scope;
  } catch (error) {
    if (error instanceof InvalidArgument) return null;
    throw error;
  }
}

/** Returns the smallest scope that covers both. Null means everything. */
export function union(a: Scope | null, b: Scope | null): Scope | null {
  if (a === null || b === null) return null;
  const parts: [string, Part][] = [];
  for (const [dimension, one] of Object.entries(a)) {
    const other = Object.hasOwn(b, dimension) ? b[dimension] : undefined;
    const both = other === undefined ? null : partUnion(one, other);
    if (both) parts.push([dimension, both]);
  }
  return readScope(Object.fromEntries(parts));
}

function partUnion(a: Part, b: Part): Part | null {
  if (isSet(a)) return isSet(b) ? [...a, ...b] : null;
  if (isSet(b)) return null;
  return {
    from: a.from === null || b.from === null ? null : Math.min(a.from, b.from),
    to: a.to === null || b.to === null ? null : Math.max(a.to, b.to),
  };
}

function partsMeet(a: Part, b: Part): boolean {
  if (isSet(a)) return !isSet(b) || setsMeet(a, b);
  if (isSet(b) || !isBelow(a.from, a.to) || !isBelow(b.from, b.to)) return true;
  return isBelow(a.from, b.to) && isBelow(b.from, a.to);
}

const isBelow = (from: number | null, to: number | null): boolean => from === null || to === null || from < to;

function setsMeet(a: readonly string[], b: readonly string[]): boolean {
  if (a.length * b.length > FEW_PAIRS) {
    const names = new Set(b);
    return a.some((name) => names.has(name));
  }
  for (const name of a) if (b.includes(name)) return true;
  return a.length === 0 || b.length === 0;
}

const isSet = (part: unknown): part is readonly string[] => Array.isArray(part);

/** Returns the part in its stored form, or null if it narrows nothing. */
function checkedPart(dimension: string, part: ScopeInput[string]): Part | null {
  if (part === undefined || part === null) return null;
  if (isSet(part)) return checkedNames(dimension, part);
  if (!isPlain(part) || Object.keys(part).some((name) => name !== 'from' && name !== 'to'))
    throw new InvalidArgument(`scope ${dimension}`, 'a list of names or a range { from, to }', part);
  const from = checkedBound(`scope ${dimension}.from`, part.from, Number.NEGATIVE_INFINITY);
  const to = checkedBound(`scope ${dimension}.to`, part.to, Number.POSITIVE_INFINITY);
  if (from !== null && to !== null && from > to)
    throw new InvalidArgument(`scope ${dimension}`, 'a range that begins before it ends', `${from} to ${to}`);
  return from === to ? null : { from, to };
}

function checkedNames(dimension: string, names: readonly string[]): readonly string[] | null {
  const unique = new Set<string>();
  for (const name of names) {
    if (typeof name !== 'string') throw new InvalidArgument(`a name in scope ${dimension}`, 'text', name);
    if (name.length > MAX_NAME_LENGTH || !name.isWellFormed()) return null;
    if (unique.add(name).size > MAX_NAMES) return null;
  }
  return unique.size === 0 ? null : [...unique].sort();
}

function checkedBound(what: string, bound: unknown, open: number): number | null {
  if (bound === undefined || bound === null || bound === open) return null;
  const value = bound instanceof Date ? bound.getTime() : bound;
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw new InvalidArgument(what, 'a number, a valid Date, or null for no bound', bound);
  return value;
}

/** Coarsens the longest dimensions until the rest fits. */
function fitting(parts: [string, Part][], longest: number): Scope {
  const scope: Scope = Object.fromEntries(parts);
  if (JSON.stringify(scope).length <= longest) return scope;
  const lengths = parts.map((part) => JSON.stringify(part).length);
  return fitting(parts.toSpliced(lengths.indexOf(Math.max(...lengths)), 1), longest);
}

function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
