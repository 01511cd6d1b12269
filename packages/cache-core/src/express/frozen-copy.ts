/**
 * Returns a deeply frozen copy of a JSON value, so that its owner can still change the value. Keeps the prototypes of objects,
 * plain or none. The value must be one that `buildKey` accepts, so it is neither deep nor cyclic.
 */
export function frozenCopy<Value>(value: Value): Value {
  return copied(value) as Value;
}

function copied(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return Object.freeze(value.map(copied));
  // `fromEntries` defines members, so a member named `__proto__` stays a member.
  const copy = Object.fromEntries(Object.entries(value).map(([name, member]) => [name, copied(member)]));
  if (Object.getPrototypeOf(value) === null) Object.setPrototypeOf(copy, null);
  return Object.freeze(copy);
}
