import { expect, test } from 'vitest';
import { parsePasted } from './request-text.ts';

const KEY = 'stats:get_stats:44136fa355b3678a1146ad16f7e8649e';
const get = (target: string) => ({ kind: 'request', method: 'GET', target });
const post = (body?: unknown) => ({
  kind: 'request',
  method: 'POST',
  target: '/api/search',
  ...(body ? { body } : {}),
});

test.for([
  [KEY, { kind: 'key', key: KEY }],
  [`Cache MISS: ${KEY}`, { kind: 'key', key: KEY }],
  [`Cache-Status: pilotlight; hit; ttl=56; key="${KEY}"; detail=memory`, { kind: 'key', key: KEY }],
  ['my-own-key', { kind: 'key', key: 'my-own-key' }],
  ['/api/stats?service=a%20b', get('/api/stats?service=a%20b')],
  ['  http://localhost:5000/api/files?limit=2#x ', get('/api/files?limit=2')],
  ['GET /api/stats?level=INFO HTTP/1.1\r\nHost: a\r\n\r\n', get('/api/stats?level=INFO')],
  ['POST /api/search HTTP/1.1\r\nHost: a\r\n\r\n{"q":"a"}', post({ q: 'a' })],
  ['POST /api/search {"q":"a"}', post({ q: 'a' })],
  ['/api/search', post()],
  ['{"q":"a b"}', post({ q: 'a b' })],
] as const)('%j is read as its key or request', ([text, expected]) => {
  expect(parsePasted(text)).toEqual(expected);
});

test.for([
  ['curl -si localhost:5000/api/stats?service=web', get('/api/stats?service=web')],
  ['curl -s localhost:5000/api/search -d \'{"q": "declined"}\'', post({ q: 'declined' })],
  [
    'curl -sXPOST "http://a/api/search" -H "Content-Type: application/json" --data-raw "{\\"q\\":\\"a\\"}"',
    post({ q: 'a' }),
  ],
  [
    "curl 'http://a/api/search' \\\n  -H 'authorization: Bearer x' \\\n  --json $'{\"q\":\"it\\'s\"}' --compressed",
    post({ q: "it's" }),
  ],
  [
    "curl -G http://a/api/stats --data-urlencode 'service=a b' -d level=INFO",
    get('/api/stats?service=a%20b&level=INFO'),
  ],
  ['curl --max-time 3 -u admin:x --url http://a/api/files', get('/api/files')],
] as const)('the command %s is read as its request', ([command, expected]) => {
  expect(parsePasted(command)).toEqual(expected);
});

test.for([
  ['', /expected a key, a path/],
  ['why is it cached', /expected a key, a path/],
  ['{"q": ', /expected JSON as the body/],
  ["curl 'http://a/api/stats", /closed quotes/],
  ['curl -s', /with a URL, got none/],
  ['curl http://a/api/search -d @body.json', /got the file body.json/],
] as const)('%j is refused with a reason', ([text, why]) => {
  expect(parsePasted(text)).toEqual({ kind: 'problem', why: expect.stringMatching(why) });
});
