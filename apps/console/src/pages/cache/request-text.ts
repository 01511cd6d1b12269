import { parseCurl } from './curl.ts';

/** A request to a cached route, without the parts that do not enter its key. */
export interface PastedRequest {
  readonly kind: 'request';
  readonly method: 'GET' | 'POST';
  /** The path, with its query. */
  readonly target: string;
  readonly body?: unknown;
}

/** What a user typed or pasted: a key, a request, or a text that is neither, with the reason. */
export type Pasted =
  | PastedRequest
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'problem'; readonly why: string };

/** A key as the cache builds it. It is in the header `Cache-Status`, and in the log lines of the api. */
const BUILT_KEY = /\b[\w.-]{1,100}:[\w.-]{1,100}(?:@\d+)?:[0-9a-f]{32}\b/;
const REQUEST_LINE = /^(GET|POST)\s+(\S+)(?:[^\S\n]+HTTP\/[\d.]+)?/i;
const SEARCH = '/api/search';

/** Parses a key, a URL or its path, the JSON body of a search, a curl command or the text of an HTTP request. */
export function parsePasted(pasted: string): Pasted {
  const text = pasted.trim();
  const key = BUILT_KEY.exec(text)?.[0];
  if (key !== undefined) return { kind: 'key', key };
  if (text.startsWith('{')) return withBody('POST', SEARCH, text);
  if (/^curl\s/.test(text)) {
    const curl = parseCurl(text);
    return 'why' in curl ? { kind: 'problem', ...curl } : withBody(curl.method, curl.url, curl.body);
  }
  const line = REQUEST_LINE.exec(text);
  if (line) return withBody(line[1] ?? '', line[2] ?? '', bodyOf(text.slice(line[0].length)));
  if (/^(https?:\/\/|\/)/.test(text)) return withBody(null, text, null);
  if (text !== '' && !/\s/.test(text)) return { kind: 'key', key: text };
  const why = 'expected a key, a path like /api/stats?service=web, the JSON body of a search, or a curl command';
  return { kind: 'problem', why };
}

/** Returns the body of an HTTP request: the text after the empty line that ends its headers, or text that begins with a brace. */
function bodyOf(rest: string): string | null {
  if (rest.trimStart().startsWith('{')) return rest.trim();
  const body = rest.split(/\r?\n\r?\n/, 2)[1]?.trim() ?? '';
  return body === '' ? null : body;
}

function withBody(method: string | null, url: string, body: string | null): Pasted {
  const target = targetOf(url);
  if (target === null) return { kind: 'problem', why: `expected a URL or a path that begins with /, got ${url}` };
  const isPost = (method ?? (body !== null || target === SEARCH ? 'POST' : 'GET')).toUpperCase() === 'POST';
  const request = { kind: 'request', method: isPost ? 'POST' : 'GET', target } as const;
  if (body === null || body === '') return request;
  try {
    return { ...request, body: JSON.parse(body) as unknown };
  } catch (error) {
    return { kind: 'problem', why: `expected JSON as the body, got ${error instanceof Error ? error.message : body}` };
  }
}

/** Returns the path and the query as they are written: a URL object would change them. Null for another text. */
function targetOf(url: string): string | null {
  const [, path] = /^(?:https?:\/\/)?[^/?#\s]*(\/[^#\s]*)/i.exec(url) ?? [];
  return path ?? null;
}
