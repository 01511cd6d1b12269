export type Columns = Record<string, unknown>;

/** Place of a value: a column, and the members inside it. */
export interface Place {
  readonly column: string;
  readonly inner: readonly string[];
}

/** A set of column names, or a map from them. */
interface Names {
  has(name: string): boolean;
}

/**
 * Returns where a path can be among columns of these names: the column of exactly that name, else inside the column of
 * its first part. Returns null if it can be nowhere.
 */
export function placeOf(path: string, names: Names): Place | null {
  if (names.has(path)) return { column: path, inner: [] };
  const [column = '', ...inner] = path.split('.');
  return inner.length > 0 && names.has(column) ? { column, inner } : null;
}

/** Returns the value at a place, or undefined. */
export function valueAt({ column, inner }: Place, columns: Columns): unknown {
  let value = columns[column];
  for (const [index, name] of inner.entries()) {
    if (typeof value !== 'object' || value === null) return undefined;
    if (!Object.hasOwn(value, name)) {
      // The rest may be one name with dots: `resource.attributes` has `service.name`.
      const rest = inner.slice(index).join('.');
      return Object.hasOwn(value, rest) ? (value as Columns)[rest] : undefined;
    }
    value = (value as Columns)[name];
  }
  return value;
}
