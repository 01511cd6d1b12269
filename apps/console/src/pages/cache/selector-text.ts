import { dateTime } from '../../format/format.ts';

/** A selector of the log for people: what it names, and its value. */
interface SelectorWords {
  readonly kind: string;
  readonly value: string;
}

const KINDS: Readonly<Record<string, string>> = { p: 'prefix', t: 'tag', k: 'key', s: 'scope of' };
/** `dated` follows from the time, and a bucket from its service. */
const DERIVED = new Set(['dated']);

/** Returns a selector as people say it. A scoped one has its conditions if the text has them. */
function selectorWords(selector: string): SelectorWords {
  if (selector === 'a') return { kind: 'everything', value: '' };
  if (selector === '(forgotten)') return { kind: 'an invalidation that is no longer kept one by one', value: '' };
  const letter = selector.slice(0, selector.indexOf(':'));
  const value = selector.slice(2);
  const kind = KINDS[letter];
  if (kind === undefined) return { kind: '', value: selector };
  const scoped = letter === 's' ? parsedScope(value) : null;
  return scoped === null
    ? { kind, value }
    : { kind: 'prefix', value: `${scoped.prefix} where ${scopeText(scoped.scope)}` };
}

/** As `selectorWords`, in one text. */
export function selectorText(selector: string): string {
  const { kind, value } = selectorWords(selector);
  return [kind, value].filter((part) => part !== '').join(' ');
}

/** A record of the log often has one scope under several prefixes. */
export interface SelectorGroup {
  readonly kind: string;
  readonly value: string;
  /** The conditions on records; null if the selector has none. */
  readonly where: string | null;
}

/** Returns the selectors of a record, those with one scope together. `nameOf` returns the name of a file, or null. */
export function selectorGroups(
  selectors: readonly string[],
  nameOf: (fileId: string) => string | null,
): SelectorGroup[] {
  const groups = new Map<string, { kind: string; values: string[]; where: string | null }>();
  for (const selector of selectors) {
    const scoped = selector.startsWith('s:') ? parsedScope(selector.slice(2)) : null;
    const { kind, value } = scoped === null ? selectorWords(selector) : { kind: 'prefix', value: scoped.prefix };
    const where = scoped === null ? null : scopeText(scoped.scope, nameOf);
    const name = `${kind} ${where ?? ''}`;
    const group = groups.get(name) ?? { kind, values: [], where };
    group.values.push(value);
    groups.set(name, group);
  }
  return [...groups.values()].map(({ kind, values, where }) => ({ kind, value: values.join(', '), where }));
}

/** Returns a text of the api with its instants on the clock of the browser. */
export function withLocalTimes(text: string): string {
  return text.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, (instant) => dateTime(Date.parse(instant)));
}

/** Returns the part of the records that an answer depends on, or that a change affects, as one text. */
export function scopeText(
  scope: Readonly<Record<string, unknown>>,
  nameOf: (fileId: string) => string | null = () => null,
): string {
  const hasService = 'service' in scope;
  const parts = Object.entries(scope)
    .filter(([name]) => !DERIVED.has(name) && !(name === 'service_bucket' && hasService))
    .map(([name, value]) => {
      const [file] = name === 'file' && Array.isArray(value) ? value : [];
      const text = (typeof file === 'string' ? nameOf(file) : null) ?? conditionText(value);
      return `${name.replace('_', ' ')} ${text}`;
    });
  return parts.length === 0 ? 'any record matches' : parts.join('; ');
}

function conditionText(value: unknown): string {
  if (Array.isArray(value)) return value.map((one) => (one === '' ? 'none' : String(one))).join(', ');
  if (typeof value === 'object' && value !== null && 'from' in value && 'to' in value) {
    const [from, to] = [instantText(value.from), instantText(value.to)];
    return `${from === null ? '' : `from ${from}`}${from !== null && to !== null ? ' ' : ''}${to === null ? '' : `to ${to}`}`;
  }
  return JSON.stringify(value);
}

function instantText(ms: unknown): string | null {
  return typeof ms === 'number' ? dateTime(ms) : null;
}

function parsedScope(text: string): { prefix: string; scope: Record<string, unknown> } | null {
  try {
    const parsed: unknown = JSON.parse(text);
    if (!Array.isArray(parsed) || typeof parsed[0] !== 'string') return null;
    return typeof parsed[1] === 'object' && parsed[1] !== null ? { prefix: parsed[0], scope: parsed[1] } : null;
  } catch (error) {
    // An explanation names a scoped selector by its prefix alone.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
