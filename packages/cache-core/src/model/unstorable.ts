import { types } from 'node:util';

/** A part of a value that JSON cannot hold or would silently change. */
export interface Unstorable {
  /** The path of the part, such as `.results[3].total`; empty for the value itself. */
  readonly path: string;
  readonly expected: string;
  readonly came: unknown;
  readonly todo: string;
}

interface Step {
  readonly value: unknown;
  readonly name: string | number | null;
  readonly parent: Step | null;
  /** Whether the step leaves the value again, after its members. */
  readonly leaves: boolean;
}

/**
 * Returns whether a value may contain a part that JSON would silently change. It is cheap, because it runs for every stored
 * answer. The value must not contain cycles.
 */
export function mayHoldForeign(value: unknown): boolean {
  const todo: object[] = [];
  const add = (member: unknown): void => {
    if (typeof member === 'object' && member !== null) todo.push(member);
  };
  add(value);
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    if (Array.isArray(next)) {
      for (let i = 0; i < next.length; i++) add(next[i]);
      continue;
    }
    if (Object.getPrototypeOf(next) !== Object.prototype) {
      if (hasToJson(next)) continue;
      if (isForeign(next)) return true;
    }
    for (const member of Object.values(next)) add(member);
  }
  return false;
}

/** Returns the first unstorable part in the order of members, or null if there is none. */
export function findUnstorable(root: unknown): Unstorable | null {
  const above = new Set<unknown>();
  const todo: Step[] = [{ value: root, name: null, parent: null, leaves: false }];
  for (let step = todo.pop(); step; step = todo.pop()) {
    if (step.leaves) {
      above.delete(step.value);
      continue;
    }
    const { value } = step;
    const found = reasonAgainst(value, above);
    if (found) return { ...found, path: pathOf(step), came: value };
    if (typeof value !== 'object' || value === null) continue;
    above.add(value);
    todo.push({ ...step, leaves: true }, ...membersOf(step, value));
  }
  return null;
}

/** Returns the members in reverse order, so that the first one comes off the stack first. */
function membersOf(parent: Step, value: object): Step[] {
  if (hasToJson(value)) {
    const { name, parent: above } = parent;
    return [{ value: value.toJSON(String(name ?? '')), name, parent: above, leaves: false }];
  }
  const names = Array.isArray(value) ? value.keys() : Object.keys(value);
  const step = (name: string | number): Step => ({ value: Reflect.get(value, name), name, parent, leaves: false });
  return Array.from(names, step).reverse();
}

function reasonAgainst(value: unknown, above: ReadonlySet<unknown>): { expected: string; todo: string } | null {
  if (typeof value === 'bigint') return { expected: 'a JSON value', todo: 'convert BigInt to a number or a string' };
  if (typeof value !== 'object' || value === null) return null;
  if (above.has(value)) return { expected: 'a JSON value without cycles', todo: 'remove the circular reference' };
  if (!hasToJson(value) && isForeign(value))
    return { expected: 'a JSON value', todo: 'convert it to plain objects, arrays and strings' };
  return null;
}

function pathOf(step: Step): string {
  const names: string[] = [];
  for (let at: Step | null = step; at && at.name !== null; at = at.parent)
    names.push(typeof at.name === 'number' ? `[${at.name}]` : `.${at.name}`);
  return names.reverse().join('');
}

function hasToJson(value: object): value is { toJSON(name: string): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function';
}

/** Returns whether the content of an object is not in its members, as with a Map or a stream. */
function isForeign(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === Array.prototype) return false;
  return (
    types.isMap(value) ||
    types.isSet(value) ||
    types.isPromise(value) ||
    types.isNativeError(value) ||
    types.isRegExp(value) ||
    types.isWeakMap(value) ||
    types.isWeakSet(value) ||
    types.isAnyArrayBuffer(value) ||
    ArrayBuffer.isView(value) ||
    Symbol.asyncIterator in value ||
    ('next' in value && Symbol.iterator in value) ||
    // For example a Response, URLSearchParams, or a class with private state.
    (prototype !== null && Object.keys(value).length === 0)
  );
}
