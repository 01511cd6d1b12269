/** A generated sample log. The same seed and instant always give the same bytes. */
export interface SampleLog {
  name: string;
  text: string;
}

const DAY_MS = 24 * 60 * 60 * 1_000;
const LINES_PER_FILE = 1_500;

/** Returns four files of different formats, with lines spread over the 24 hours before `now` (ms since 1970). */
export function sampleLogs(now: number, seed = 20_260_101): SampleLog[] {
  return [
    { name: 'web-access.log', write: accessLine },
    { name: 'checkout-service.log', write: applicationLine },
    { name: 'payments.ndjson', write: jsonLine },
    { name: 'inventory.logfmt.log', write: logfmtLine },
  ].map(({ name, write }, index) => {
    const random = seededRandom(seed + index);
    const instants = Array.from({ length: LINES_PER_FILE }, () => now - DAY_MS * random()).sort((a, b) => a - b);
    return { name, text: `${instants.map((at) => write(new Date(at), random)).join('\n')}\n` };
  });
}

/** Returns numbers in [0, 1). */
type Random = () => number;

/** Mulberry32: small, fast and sufficient for sample lines. */
function seededRandom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const PATHS = ['/', '/products', '/products/42', '/cart', '/api/orders', '/api/login', '/health', '/img/logo.svg'];
const AGENTS = ['Mozilla/5.0 (X11; Linux x86_64)', 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0)', 'curl/8.14.1'];
const EVENTS = [
  ['INFO', 'order placed'],
  ['INFO', 'cart updated'],
  ['INFO', 'session opened'],
  ['DEBUG', 'price list refreshed'],
  ['WARN', 'slow answer from the payment provider'],
  ['WARN', 'retrying after a timeout'],
  ['ERROR', 'payment was refused: error 402'],
  ['ERROR', 'connection to the warehouse was reset'],
] as const;

function pick<T>(random: Random, from: readonly T[], fallback: T): T {
  return from[Math.floor(random() * from.length)] ?? fallback;
}

function whole(random: Random, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1));
}

/** Returns mostly successful statuses, and occasionally an error. */
function status(random: Random): number {
  const dice = random();
  if (dice < 0.9) return 200;
  if (dice < 0.96) return 404;
  return dice < 0.98 ? 302 : 503;
}

function event(random: Random): readonly [level: string, message: string] {
  // The first four events are routine and more frequent.
  return random() < 0.8 ? pick(random, EVENTS.slice(0, 4), EVENTS[0]) : pick(random, EVENTS, EVENTS[0]);
}

function accessLine(at: Date, random: Random): string {
  const [, day, month, year] = at.toUTCString().split(' ');
  const when = `${day}/${month}/${year}:${at.toISOString().slice(11, 19)} +0000`;
  const method = random() < 0.85 ? 'GET' : 'POST';
  return (
    `198.51.100.${whole(random, 1, 40)} - - [${when}] "${method} ${pick(random, PATHS, '/')} HTTP/1.1" ` +
    `${status(random)} ${whole(random, 180, 48_000)} "-" "${pick(random, AGENTS, '-')}"`
  );
}

function applicationLine(at: Date, random: Random): string {
  const [level, message] = event(random);
  const when = at.toISOString().replace('T', ' ').replace('.', ',').replace('Z', '');
  return `${when} ${level} checkout: ${message} (order ${whole(random, 10_000, 99_999)})`;
}

function jsonLine(at: Date, random: Random): string {
  const [level, message] = event(random);
  return JSON.stringify({
    timestamp: at.toISOString(),
    level: level.toLowerCase(),
    service: 'payments',
    message,
    response_time_ms: Math.round(20 + 400 * random() ** 3),
    user_id: whole(random, 1, 500),
  });
}

function logfmtLine(at: Date, random: Random): string {
  const [level, message] = event(random);
  return `time=${at.toISOString()} level=${level.toLowerCase()} service=inventory msg=${JSON.stringify(message)} sku=${whole(random, 1, 900)}`;
}
