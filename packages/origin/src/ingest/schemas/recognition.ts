import { type Columns, columnsOf, type Place, placeOf, valueAt } from './access.ts';
import type { Schema, ValueTest } from './schema.ts';

/** A condition on the values of one record. */
export type Condition = (columns: Columns) => boolean;

/** What `couldBe` needs of a schema, split once. */
export interface Recognition {
  readonly groups: readonly (readonly string[])[];
  readonly lacks: readonly string[];
  readonly values: readonly (readonly [string, ValueTest])[];
}

export function recognitionOf({ has, lacks = [], values = {} }: Schema): Recognition {
  return { groups: has.map((group) => group.split('|')), lacks, values: Object.entries(values) };
}

/** Returns columns of which a record must have at least one to be of the schema: those of the shortest group. */
export function signsOf({ groups }: Recognition): readonly string[] {
  const [shortest = []] = groups.toSorted((a, b) => a.length - b.length);
  return shortest.flatMap(columnsOf);
}

/**
 * Returns what remains to be checked per record if a record with these names can be of the schema, else null. Names
 * alone decide most schemas, and then nothing remains.
 */
export function couldBe({ groups, lacks, values }: Recognition, names: ReadonlySet<string>): Condition[] | null {
  const conditions: Condition[] = [];
  for (const group of groups) {
    if (group.some((path) => names.has(path))) continue;
    const places = group.flatMap((path) => placeOf(path, names) ?? []);
    if (places.length === 0) return null;
    conditions.push((columns) => places.some((place) => valueAt(place, columns) !== undefined));
  }
  if (lacks.some((name) => names.has(name))) return null;
  for (const [path, test] of values) {
    const place = placeOf(path, names);
    if (place !== null) conditions.push(conditionOf(place, test));
  }
  return conditions;
}

/** A value that is absent passes: `has` says what must be present. */
function conditionOf(place: Place, test: ValueTest): Condition {
  return (columns) => {
    const value = valueAt(place, columns);
    return value === undefined || fits(value, test);
  };
}

function fits(value: unknown, test: ValueTest): boolean {
  if (test === 'text') return typeof value === 'string';
  if (test === 'number') return typeof value === 'number';
  if (test === 'epochMs') return typeof value === 'number' && value >= 1e12 && value < 1e13;
  if (test === 'list') return Array.isArray(value);
  if (test === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  if (test instanceof RegExp) return typeof value === 'string' && test.test(value);
  return test.some((allowed) => allowed === value);
}
