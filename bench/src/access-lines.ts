import { seededRandom } from './seeded-random.ts';

const PATHS = [
  '/',
  '/login',
  '/cart',
  '/checkout',
  '/api/orders',
  '/api/orders/4711',
  '/search?q=lamp',
  '/static/app.js',
  '/static/app.css',
  '/images/lamp.png',
];
const AGENTS = [
  'Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) Safari/605.1.15',
  'curl/8.9.1',
  'Googlebot/2.1',
];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Yields lines of a web server's combined access log in blocks of bytes. The same seed gives the same lines. */
export function* accessLines(lines: number, seed = 1): Generator<Buffer> {
  const random = seededRandom(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() ** 2 * list.length)] as T;
  let at = Date.UTC(2026, 0, 1);
  let block = '';
  for (let i = 0; i < lines; i++) {
    at += Math.floor(random() * 2_000);
    const address = `10.${Math.floor(random() * 4)}.${Math.floor(random() * 256)}.${Math.floor(random() * 256)}`;
    const status = random() < 0.93 ? 200 : random() < 0.8 ? 404 : 503;
    const referer = random() < 0.5 ? '-' : `https://shop.example${pick(PATHS)}`;
    block += `${address} - - [${apacheTime(at)}] "GET ${pick(PATHS)} HTTP/1.1" ${status} ${Math.floor(random() * 50_000)} "${referer}" "${pick(AGENTS)}"\n`;
    if (block.length > 1_000_000) {
      yield Buffer.from(block);
      block = '';
    }
  }
  yield Buffer.from(block);
}

function apacheTime(ms: number): string {
  const d = new Date(ms);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${two(d.getUTCDate())}/${MONTHS[d.getUTCMonth()]}/${d.getUTCFullYear()}:${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())} +0000`;
}
