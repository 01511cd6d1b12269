/**
 * A copy of a JSON value, frozen in depth: the value stays its owner's to change. Prototypes of objects are kept, plain or none.
 * For what `buildKey` has accepted, so neither deep nor cyclic.
 */
export function frozenCopy<Value>(value: Value): Value {
  return copied(value) as Value;
}

function copied(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return Object.freeze(value.map(copied));
  // `fromEntries` defines members: a member called `__proto__` stays one.
  const copy = Object.fromEntries(Object.entries(value).map(([name, member]) => [name, copied(member)]));
  if (Object.getPrototypeOf(value) === null) Object.setPrototypeOf(copy, null);
  return Object.freeze(copy);
}
