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

const PARTS = new Map<string, Place>();

/** Returns the first part of a path as its column, and the others inside it. */
function partsOf(path: string): Place {
  const known = PARTS.get(path);
  if (known !== undefined) return known;
  const [column = '', ...inner] = path.split('.');
  const parts = { column, inner };
  // Only the paths of schemas are looked for, so their number is bounded.
  PARTS.set(path, parts);
  return parts;
}

/** Returns the columns that a path can be in: the one of exactly its name, and that of its first part. */
export function columnsOf(path: string): readonly string[] {
  const { column, inner } = partsOf(path);
  return inner.length > 0 ? [path, column] : [path];
}

/**
 * Returns where a path of a schema can be among columns of these names: the column of exactly that name, else inside the
 * column of its first part. Returns null if it can be nowhere.
 */
export function placeOf(path: string, names: Names): Place | null {
  if (names.has(path)) return { column: path, inner: [] };
  const parts = partsOf(path);
  return parts.inner.length > 0 && names.has(parts.column) ? parts : null;
}

/** Returns the value at a place, or undefined. Places are paths of schemas, and none is a name that objects inherit. */
export function valueAt({ column, inner }: Place, columns: Columns): unknown {
  let value = columns[column];
  for (let index = 0; index < inner.length; index++) {
    if (typeof value !== 'object' || value === null) return undefined;
    const next = (value as Columns)[inner[index] ?? ''];
    // The rest may be one name with dots: `resource.attributes` has `service.name`.
    if (next === undefined) return (value as Columns)[inner.slice(index).join('.')];
    value = next;
  }
  return value;
}
