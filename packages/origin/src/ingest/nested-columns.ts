export type Columns = Record<string, unknown>;

/**
 * Where the Elastic Common Schema, OpenTelemetry and similar schemas nest values that other logs have as top-level
 * columns.
 */
const NESTED = [
  ['log', 'level'],
  ['log', 'logger'],
  ['service', 'name'],
  ['source', 'ip'],
  ['client', 'ip'],
  ['url', 'path'],
  ['http', 'request', 'method'],
  ['http', 'response', 'status_code'],
].map((path) => ({ name: path.join('.'), outer: path[0] ?? '', inner: path.slice(1) }));

/** Returns the columns, plus the nested ones under their dotted names. */
export function withNested(columns: Columns): Columns {
  let all = columns;
  for (const { name, outer, inner } of NESTED) {
    if (typeof columns[outer] !== 'object') continue;
    const value = inner.reduce<unknown>(memberOf, columns[outer]);
    if (value === undefined || Object.hasOwn(columns, name)) continue;
    if (all === columns) all = { ...columns };
    all[name] = value;
  }
  return all;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Columns)[name]
    : undefined;
}
