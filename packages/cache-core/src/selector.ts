import { InvalidArgument } from './errors.ts';
import { buildKey, type CacheKey, type KeyParts } from './key.ts';
import { checkedScope, readScope, type Scope, type ScopeInput } from './scope.ts';

/**
 * What an invalidation hits. A prefix is one or more leading segments of a key: `files`, or `stats:get_stats`; with a
 * scope only those of its entries that depend on that part of the data.
 */
export type Selector =
  | Alone<{ readonly all: true }>
  | Alone<{ readonly prefix: string; readonly scope?: ScopeInput }>
  | Alone<{ readonly tag: string }>
  | Alone<{ readonly key: string | KeyParts }>;

/** Two of them in one could be meant as both or as either: they are a list of two. */
type Alone<Part> = Part & {
  readonly [Other in Exclude<'all' | 'prefix' | 'scope' | 'tag' | 'key', keyof Part>]?: never;
};

/**
 * `invalidate`: no earlier load may be served again. `expire`: what was loaded earlier counts as outdated by time, so it
 * may still be served while it is reloaded.
 */
export type InvalidationMode = 'invalidate' | 'expire';

/**
 * A selector as the log and the index hold it, comparable text: `a`, `p:{prefix}`, `t:{tag}`, `k:{key}`, or
 * `s:["{prefix}",{scope}]` as JSON, where equal scopes are equal text.
 */
export type SelectorToken = string & { readonly brand: 'SelectorToken' };

/** What a scoped token hits. */
export interface ScopedPrefix {
  readonly prefix: string;
  readonly scope: Scope;
}

const ALL = 'a' as SelectorToken;
const LONGEST_SELECTOR = 1_024;
/** Characters of a scope in a token: the log, each snapshot and each index hold thousands of them. */
const LONGEST_SELECTOR_SCOPE = 1_024;
/** Each segment of a key up to here is a selector to look for at each check. What is named deeper counts as named here. */
const DEEPEST_PREFIX = 16;

/** Refuses what could hit nothing. A scope that narrows nothing leaves the prefix. */
export function toToken(selector: Selector): SelectorToken {
  assertOneOf(selector);
  if (selector.all !== undefined) return ALL;
  if (selector.tag !== undefined) return tokenOfTag(checked('tag', selector.tag));
  if (selector.key !== undefined) return token('k', keyNamed(selector.key));
  const prefix = prefixAsHit(selector.prefix);
  const scope = checkedScope(selector.scope ?? {}, LONGEST_SELECTOR_SCOPE);
  if (Object.keys(scope).length === 0) return tokenOfPrefix(prefix);
  return token('s', JSON.stringify([prefix, scope]));
}

/** The prefix that a selector's prefix hits: without `:*` at its end, and no deeper than prefixes are looked for. */
export function prefixAsHit(prefix: string): string {
  return shallow(checked('prefix', checked('prefix', prefix).replace(/(:\*|:)$/, '')));
}

/** Every token that would hit this key whatever it holds: everything, its prefixes, itself. */
export function tokensOfKey(key: CacheKey, prefixes: readonly string[] = prefixesOf(key)): SelectorToken[] {
  const tokens = [ALL, token('k', key)];
  for (const prefix of prefixes) tokens.push(tokenOfPrefix(prefix));
  return tokens;
}

export function prefixesOf(key: string): string[] {
  const prefixes: string[] = [];
  let depth = 0;
  for (let colon = key.indexOf(':', 1); colon > 0; colon = key.indexOf(':', colon + 1)) {
    const prefix = key.slice(0, colon);
    // A prefix without a version is a prefix of all its versions.
    const everyVersion = prefix.replace(/@\d+$/, '');
    if (everyVersion !== prefix && everyVersion !== '') prefixes.push(everyVersion);
    prefixes.push(prefix);
    if (++depth === DEEPEST_PREFIX) break;
  }
  return prefixes;
}

export const tokenOfTag = (tag: string): SelectorToken => token('t', tag);
const tokenOfPrefix = (prefix: string): SelectorToken => token('p', prefix);
/** Null: of what has no prefix nothing less is known to hold it than everything. */
export const tokenOfWhole = (prefix: string | null): SelectorToken => (prefix === null ? ALL : tokenOfPrefix(prefix));

/** The key that a token names; null for every other token. */
export function keyOfToken(text: SelectorToken): CacheKey | null {
  return text.startsWith('k:') ? (text.slice(2) as CacheKey) : null;
}

/** The prefix and scope of a scoped token; null for every other token, and for a scope that is not understood. */
export function scopeOfToken(text: SelectorToken): ScopedPrefix | null {
  return readToken(text).scoped;
}

/**
 * What this version makes of a token from the log, which another version may have written. It never hits less than was
 * meant: a scope that is not understood is its whole prefix, and a token that is not understood is everything.
 */
export function readToken(text: SelectorToken): {
  readonly token: SelectorToken;
  readonly scoped: ScopedPrefix | null;
} {
  const kind = typeof text === 'string' ? text.slice(0, 2) : '';
  if (kind === 't:' || kind === 'k:') return { token: text, scoped: null };
  if (kind === 'p:') return { token: tokenOfPrefix(shallow(text.slice(2))), scoped: null };
  const parts = kind === 's:' ? parsed(text.slice(2)) : null;
  if (!Array.isArray(parts) || parts.length !== 2) return { token: ALL, scoped: null };
  const [named, written]: unknown[] = parts;
  if (typeof named !== 'string' || named === '') return { token: ALL, scoped: null };
  const prefix = shallow(named);
  const scope = readScope(written);
  return scope ? { token: text, scoped: { prefix, scope } } : { token: tokenOfPrefix(prefix), scoped: null };
}

/** `files:*` → the prefix `files`; `*` → everything. Patterns that are not a whole prefix have no selector. */
export function selectorOfPattern(pattern: string): Selector {
  if (pattern === '*') return { all: true };
  const isText = typeof pattern === 'string';
  const prefix = isText && pattern.endsWith(':*') ? pattern.slice(0, -2) : pattern;
  if (!isText || prefix === '' || /[*?[\]\\]/.test(prefix)) {
    throw new InvalidArgument('pattern', "a prefix followed by ':*', like 'files:*', or '*'", pattern);
  }
  return { prefix };
}

/** A text that is too long or not well-formed names no key, so no entry. */
function keyNamed(key: string | KeyParts): string {
  return typeof key === 'object' && key !== null ? buildKey(key) : checked('key', key);
}

/** Two in one selector could be meant as both or as either. */
function assertOneOf(selector: unknown): void {
  const members = typeof selector === 'object' && selector !== null ? Object.entries(selector) : [];
  const named = members.filter(([, value]) => value !== undefined);
  const names = named.map(([name]) => name).join(', ');
  if (['prefix', 'prefix, scope', 'scope, prefix', 'tag', 'key'].includes(names)) return;
  if (names === 'all' && named[0]?.[1] === true) return;
  const expected = 'one of { all: true }, { prefix, scope? }, { tag } and { key }';
  throw new InvalidArgument(
    'selector',
    expected,
    named.length === 0 ? selector : named.map(([name]) => name).join(', '),
  );
}

function shallow(prefix: string): string {
  return prefixesOf(`${prefix}:`).at(-1) ?? prefix;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null; // not understood: the caller takes it for everything
  }
}

function token(kind: 'p' | 's' | 't' | 'k', text: string): SelectorToken {
  return `${kind}:${text}` as SelectorToken;
}

function checked(what: string, text: unknown): string {
  // Half a surrogate pair has no UTF-8: on its way through the log it would become another selector, and hit nothing.
  if (typeof text !== 'string' || text.length === 0 || text.length > LONGEST_SELECTOR || !text.isWellFormed())
    throw new InvalidArgument(what, `1 to ${LONGEST_SELECTOR} characters of well-formed text`, text);
  return text;
}
