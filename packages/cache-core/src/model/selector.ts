import { InvalidArgument } from './errors.ts';
import { buildKey, type CacheKey, type KeyParts } from './key.ts';
import { parsed } from './parsed.ts';
import { checkedScope, readScope, type Scope, type ScopeInput } from './scope.ts';

/**
 * Selects the entries that an invalidation hits. A prefix is one or more leading segments of a key: `files`, or
 * `stats:get_stats`. A scope narrows it to the entries that depend on that part of the data.
 */
export type Selector =
  | Alone<{ readonly all: true }>
  | Alone<{ readonly prefix: string; readonly scope?: ScopeInput }>
  | Alone<{ readonly tag: string }>
  | Alone<{ readonly key: string | KeyParts }>;

/** A selector has one criterion: two in one object could mean both or either. For either, pass a list of two selectors. */
type Alone<Part> = Part & {
  readonly [Other in Exclude<'all' | 'prefix' | 'scope' | 'tag' | 'key', keyof Part>]?: never;
};

/**
 * With `invalidate`, no entry from an earlier load is served again. With `expire`, such an entry counts as stale: it may be
 * served while it is reloaded.
 */
export type InvalidationMode = 'invalidate' | 'expire';

/**
 * A selector as comparable text, the form in the log and the hit index: `a`, `p:{prefix}`, `t:{tag}`, `k:{key}`, or
 * `s:["{prefix}",{scope}]` as JSON. Equal scopes have equal text.
 */
export type SelectorToken = string & { readonly brand: 'SelectorToken' };

/** The prefix and the scope of a scoped token. */
export interface ScopedPrefix {
  readonly prefix: string;
  readonly scope: Scope;
}

const ALL = 'a' as SelectorToken;
const MAX_SELECTOR_LENGTH = 1_024;
/** Maximum characters of a scope in a token. The log, each snapshot and each hit index hold thousands of tokens. */
const MAX_SELECTOR_SCOPE_LENGTH = 1_024;
/**
 * Maximum segments of a prefix. Each check of an entry looks up every prefix of its key, so deeper prefixes are cut to this
 * depth.
 */
const DEEPEST_PREFIX = 16;

/**
 * Returns the token of a selector. A scope that narrows nothing yields the token of its prefix.
 *
 * @throws {InvalidArgument} for a selector that could never hit an entry
 */
export function toToken(selector: Selector): SelectorToken {
  assertOneOf(selector);
  if (selector.all !== undefined) return ALL;
  if (selector.tag !== undefined) return tokenOfTag(checkedTag(selector.tag));
  if (selector.key !== undefined) return token('k', keyNamed(selector.key));
  const prefix = prefixAsHit(selector.prefix);
  const scope = checkedScope(selector.scope ?? {}, MAX_SELECTOR_SCOPE_LENGTH);
  if (Object.keys(scope).length === 0) return tokenOfPrefix(prefix);
  return token('s', JSON.stringify([prefix, scope]));
}

/** Returns a selector's prefix without `:*` at its end, cut to the depth at which prefixes are looked up. */
export function prefixAsHit(prefix: string): string {
  return shallow(checked('prefix', checked('prefix', prefix).replace(/(:\*|:)$/, '')));
}

/**
 * Returns the tag.
 *
 * @throws {InvalidArgument} for a tag that no invalidation could name
 */
export const checkedTag = (tag: unknown): string => checked('tag', tag);

/** Returns the tokens that hit this key whatever its entry holds: everything, the key, and its prefixes. */
export function tokensOfKey(key: CacheKey, prefixes: readonly string[] = prefixesOf(key)): SelectorToken[] {
  const tokens = [ALL, token('k', key)];
  for (const prefix of prefixes) tokens.push(tokenOfPrefix(prefix));
  return tokens;
}

/**
 * Returns the prefixes of a key, shortest first. For a segment with a version, the same without the version comes before it.
 */
export function prefixesOf(key: string): string[] {
  const prefixes: string[] = [];
  let depth = 0;
  for (let colon = key.indexOf(':', 1); colon > 0; colon = key.indexOf(':', colon + 1)) {
    const prefix = key.slice(0, colon);
    // A prefix without a version hits all its versions.
    if (prefix.includes('@')) {
      const everyVersion = prefix.replace(/@\d+$/, '');
      if (everyVersion !== prefix && everyVersion !== '') prefixes.push(everyVersion);
    }
    prefixes.push(prefix);
    if (++depth === DEEPEST_PREFIX) break;
  }
  return prefixes;
}

/**
 * Returns whether `prefixesOf(key)` includes the prefix, without building that list. The prefix has to be cut to the depth at which
 * prefixes are looked up, as each token of the log is.
 */
export function isUnderPrefix(key: string, prefix: string): boolean {
  const end = prefix.length;
  if (end === 0 || !key.startsWith(prefix)) return false;
  if (key.charCodeAt(end) === COLON) return true;
  if (key.charCodeAt(end) !== AT) return false;
  let next = end + 1;
  while (isDigit(key.charCodeAt(next))) next++;
  return next > end + 1 && key.charCodeAt(next) === COLON;
}

const COLON = 0x3a;
const AT = 0x40;
const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

export const tokenOfTag = (tag: string): SelectorToken => token('t', tag);
const tokenOfPrefix = (prefix: string): SelectorToken => token('p', prefix);
/**
 * Returns the token of a whole prefix, or the token of everything if the prefix is null. A key without a prefix has no
 * narrower token.
 */
export const tokenOfWhole = (prefix: string | null): SelectorToken => (prefix === null ? ALL : tokenOfPrefix(prefix));

/** Returns the key of a key token, or null for every other token. */
export function keyOfToken(text: SelectorToken): CacheKey | null {
  return text.startsWith('k:') ? (text.slice(2) as CacheKey) : null;
}

/** Returns the prefix and scope of a scoped token, or null for every other token and for a scope that cannot be parsed. */
export function scopeOfToken(text: SelectorToken): ScopedPrefix | null {
  return readToken(text).scoped;
}

/**
 * Parses a token from the log, which another version of this package may have written. The result never hits less than the
 * writer meant: a scope that cannot be parsed becomes its whole prefix, and a token that cannot be parsed becomes everything.
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

/**
 * Returns the selector of a pattern: `files:*` selects the prefix `files`, `*` everything.
 *
 * @throws {InvalidArgument} for patterns that are not a whole prefix
 */
export function selectorOfPattern(pattern: string): Selector {
  if (pattern === '*') return { all: true };
  const isText = typeof pattern === 'string';
  const prefix = isText && pattern.endsWith(':*') ? pattern.slice(0, -2) : pattern;
  if (!isText || prefix === '' || /[*?[\]\\]/.test(prefix)) {
    throw new InvalidArgument('pattern', "a prefix followed by ':*', like 'files:*', or '*'", pattern);
  }
  return { prefix };
}

/** Rejects texts that cannot be a key, because they are too long or not well-formed: no entry can have them. */
function keyNamed(key: string | KeyParts): string {
  return typeof key === 'object' && key !== null ? buildKey(key) : checked('key', key);
}

/** Rejects a selector with two criteria, which could mean both or either. */
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

function token(kind: 'p' | 's' | 't' | 'k', text: string): SelectorToken {
  return `${kind}:${text}` as SelectorToken;
}

function checked(what: string, text: unknown): string {
  // A lone surrogate has no UTF-8: the log would turn it into another selector, which hits nothing.
  if (typeof text !== 'string' || text.length === 0 || text.length > MAX_SELECTOR_LENGTH || !text.isWellFormed())
    throw new InvalidArgument(what, `1 to ${MAX_SELECTOR_LENGTH} characters of well-formed text`, text);
  return text;
}
