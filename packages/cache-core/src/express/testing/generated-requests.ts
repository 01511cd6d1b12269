import type { SeededRandom, Weighted } from '../../testing/seeded-random.ts';

/** One generated request, as a client writes it. */
export interface GeneratedRequest {
  readonly method: string;
  readonly path: string;
  /** Names and values in turn; a name may occur several times. */
  readonly headers: readonly string[];
  /** The headers that describe the body, in the same form. */
  readonly bodyHeaders: readonly string[];
  /** The chunks of the body, written one by one. Empty for none. */
  readonly body: readonly string[];
}

const METHODS: Weighted<string> = [
  ['GET', 12],
  ['HEAD', 2],
  ['POST', 1],
  ['OPTIONS', 1],
  ['DELETE', 1],
];
const PATHS = [
  ...[
    '/report',
    '/report/',
    '/REPORT',
    '//report',
    '/report/.',
    '/x/../report',
    '/%72eport',
    '/report%2f',
    '/report;a=1',
  ],
  ...['/items/7', '/items/8', '/items/%37', '/items/7/', '/items/7%2f8', '/items/nothing', '/items/'],
  ...['/big', '/big', '/big', '/v1/report', '/v2/report', '/language', '/private/report', '/missing', '/'],
];
const QUERIES = [
  '',
  '',
  '',
  '?',
  '?a=1',
  '?a=2',
  '?a=1&a=2',
  '?a=1&b=2',
  '?b=2&a=1',
  '?a=%31',
  '?cache=false',
  '?cache=true',
  '?a[b]=1',
  '?#a',
];
const TOKENS = ['Bearer good', 'Bearer good', 'bearer good', 'Bearer other', 'Basic Z29vZDo=', ''];
const CODINGS = [
  'br',
  'gzip',
  'zstd, br',
  'gzip;q=0.1, br;q=0.9',
  'identity;q=0, br',
  '*',
  'deflate',
  '',
  'br;q=0, gzip',
];
const TYPES = [
  'application/json',
  'application/json; charset=utf-8',
  'application/json; charset=latin1',
  'text/plain',
  '',
];
const BODIES = [
  '{"q":"a"}',
  '{"q":"a"}',
  '{"q":"b"}',
  '{ "q": "a" }',
  '{"q":"größer"}',
  '{"q":1}',
  '{"q":',
  '[]',
  '""',
  `{"q":"${'x'.repeat(20_000)}"}`,
];

/** Returns a request that a client, a crawler or an attacker might send. `etags` are those of earlier answers. */
export function generatedRequest(random: SeededRandom, etags: readonly string[]): GeneratedRequest {
  const search = random.chance(0.35);
  const method = search ? 'POST' : random.weighted(METHODS);
  const path = search
    ? random.oneOf(['/search', '/search', '/search', '/search?a=1', '/search/'])
    : `${random.oneOf(PATHS)}${random.oneOf(QUERIES)}`;
  const headers = ['Host', random.chance(0.05) ? 'evil.example' : 'localhost'];
  const add = (share: number, name: string, value: () => string) => {
    if (random.chance(share)) headers.push(name, value());
  };
  add(0.4, 'Authorization', () => random.oneOf(TOKENS));
  add(0.4, random.oneOf(['Accept-Encoding', 'accept-encoding']), () => random.oneOf(CODINGS));
  add(0.2, 'If-None-Match', () => ifNoneMatch(random, etags));
  add(0.1, 'Accept-Language', () => random.oneOf(['de', 'en', 'de, en']));
  add(0.05, 'Accept-Language', () => 'fr');
  add(0.1, 'Cookie', () => random.oneOf(['a=1', 'session=other']));
  add(0.1, 'Cache-Control', () => random.oneOf(['no-cache', 'max-age=0', 'only-if-cached']));
  add(0.05, 'Range', () => 'bytes=0-1');
  add(0.05, 'Cache-Position', () => random.oneOf(['0;epoch="1"', 'nothing']));
  add(0.05, random.oneOf(['X-HTTP-Method-Override', 'X-Forwarded-Host', 'X-Original-URL']), () => '/other');
  const body = search || random.chance(0.05) ? generatedBody(random) : { headers: [], chunks: [] };
  return { method, path, headers, bodyHeaders: body.headers, body: body.chunks };
}

function generatedBody(random: SeededRandom): {
  readonly headers: readonly string[];
  readonly chunks: readonly string[];
} {
  const text = random.oneOf(BODIES);
  const chunks = random.chance(0.2) ? [text.slice(0, 3), text.slice(3)] : [text];
  const length = String(Buffer.byteLength(text));
  const headers = random.chance(0.15) ? ['Transfer-Encoding', 'chunked'] : ['Content-Length', length];
  const type = random.oneOf(TYPES);
  if (type !== '') headers.push('Content-Type', type);
  if (random.chance(0.05)) headers.push('Expect', '100-continue');
  return { headers, chunks };
}

function ifNoneMatch(random: SeededRandom, etags: readonly string[]): string {
  const known = etags.length === 0 ? '"none"' : random.oneOf(etags);
  return random.oneOf([known, `W/${known}`, `"other", ${known}`, '*', '"other"', known.slice(1, -1)]);
}
