import { InvalidInput } from '../errors.ts';
import { shown, shownName } from './shown.ts';

const MAX_PARAMETERS = 1_000;

/**
 * Parses a query string; a repeated name has a list of values. Throws `InvalidInput` for more than 1,000 parameters and for
 * bytes that are not UTF-8, which Node's parser would silently drop or replace.
 */
export function parseQuery(text: string | null | undefined): Record<string, string | string[]> {
  const query = Object.create(null) as Record<string, string | string[]>;
  const pairs = (text ?? '').split('&').filter((pair) => pair !== '');
  if (pairs.length > MAX_PARAMETERS) {
    const detail = `expected at most ${MAX_PARAMETERS} parameters, got ${pairs.length}`;
    throw new InvalidInput([{ field: 'query', detail }]);
  }
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    const rawName = equals === -1 ? pair : pair.slice(0, equals);
    const name = decoded(rawName, rawName);
    const value = equals === -1 ? '' : decoded(pair.slice(equals + 1), name);
    const before = query[name];
    if (before === undefined) query[name] = value;
    else if (Array.isArray(before)) before.push(value);
    else query[name] = [before, value];
  }
  return query;
}

function decoded(text: string, field: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    throw new InvalidInput([
      { field: shownName(field), detail: `expected UTF-8 in percent-encoding, got ${shown(text)}` },
    ]);
  }
}
