import { InvalidArgument } from './errors.ts';
import type { CacheKey } from './key.ts';

/** What an invalidation hits. A prefix is one or more leading segments of a key: `files`, or `stats:get_stats`. */
export type Selector =
  | { readonly all: true }
  | { readonly prefix: string }
  | { readonly tag: string }
  | { readonly key: string };

/**
 * `invalidate`: no earlier load may be served again. `expire`: what was loaded earlier counts as outdated by time, so it
 * may still be served while it is reloaded.
 */
export type InvalidationMode = 'invalidate' | 'expire';

/** A selector as the log and the index hold it: comparable text. */
export type SelectorToken = string & { readonly brand: 'SelectorToken' };

const ALL = 'a' as SelectorToken;
const LONGEST_SELECTOR = 1_024;

export function toToken(selector: Selector): SelectorToken {
  if ('all' in selector) return ALL;
  if ('prefix' in selector) return token('p', checked('prefix', selector.prefix.replace(/(:\*|:)$/, '')));
  if ('tag' in selector) return token('t', checked('tag', selector.tag));
  return token('k', checked('key', selector.key));
}

/** Every token that would hit this key whatever it holds: everything, its prefixes, itself. */
export function tokensOfKey(key: CacheKey): SelectorToken[] {
  const tokens = [ALL, token('k', key)];
  for (let colon = key.indexOf(':'); colon > 0; colon = key.indexOf(':', colon + 1))
    tokens.push(token('p', key.slice(0, colon)));
  return tokens;
}

export const tokenOfTag = (tag: string): SelectorToken => token('t', tag);

/** `files:*` → the prefix `files`; `*` → everything. Patterns that are not a whole prefix have no selector. */
export function selectorOfPattern(pattern: string): Selector {
  if (pattern === '*') return { all: true };
  const prefix = pattern.endsWith(':*') ? pattern.slice(0, -2) : pattern;
  if (prefix === '' || /[*?[\]\\]/.test(prefix)) {
    throw new InvalidArgument('pattern', "a prefix followed by ':*', like 'files:*', or '*'", pattern);
  }
  return { prefix };
}

function token(kind: 'p' | 't' | 'k', text: string): SelectorToken {
  return `${kind}:${text}` as SelectorToken;
}

function checked(what: string, text: string): string {
  // Half a surrogate pair has no UTF-8: on its way through the log it would become another selector, and hit nothing.
  if (text.length === 0 || text.length > LONGEST_SELECTOR || !text.isWellFormed())
    throw new InvalidArgument(what, `1 to ${LONGEST_SELECTOR} characters of well-formed text`, text);
  return text;
}
