import { seededRandom } from '../seeded-random.ts';

/** A generated log file. The same name and seed give the same bytes. */
export interface ScaleFile {
  readonly name: string;
  readonly lines: number;
  blocks(): Generator<Buffer>;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The instant at which every file ends. */
const END_MS = Date.UTC(2026, 2, 16);

/** The hour with the most records, which lies on the last day. */
export const BUSY_HOUR = {
  from: new Date(END_MS - 9 * HOUR_MS).toISOString(),
  to: new Date(END_MS - 8 * HOUR_MS).toISOString(),
} as const;

/** An instant that divides the records of any size into two parts of the same order. */
export const MIDDLE = new Date(END_MS - DAY_MS / 2).toISOString();

export const COMMON_WORD = 'completed';
export const RARE_WORD = 'quorum';
export const PHRASE = 'connection reset';
export const SERVICE = 'payments';

/** Shares of all lines. The spans differ, so that files overlap in time and have buckets of different widths. */
const FILES = [
  { name: 'gateway-day.jsonl', share: 0.2, days: 1, kind: 'json' },
  { name: 'shop-day.jsonl', share: 0.12, days: 1, kind: 'json' },
  { name: 'access-day.log', share: 0.13, days: 1, kind: 'access' },
  { name: 'shop-week.jsonl', share: 0.15, days: 7, kind: 'json' },
  { name: 'access-week.log', share: 0.12, days: 7, kind: 'access' },
  { name: 'billing-month.jsonl', share: 0.13, days: 30, kind: 'json' },
  { name: 'access-month.log', share: 0.07, days: 30, kind: 'access' },
  { name: 'audit-year.jsonl', share: 0.08, days: 365, kind: 'json' },
] as const;

/** Returns files that have `lines` lines together. */
export function scaleFiles(lines: number, seed: number): ScaleFile[] {
  let rest = lines;
  return FILES.map(({ name, share, days, kind }, index) => {
    const own = index === FILES.length - 1 ? rest : Math.round(lines * share);
    rest -= own;
    const write = kind === 'json' ? jsonLine : accessLine;
    return {
      name: `${seed}-${name}`,
      lines: own,
      blocks: () => blocksOf(own, days, write, seededRandom(seed * 100 + index)),
    };
  });
}

function* blocksOf(
  lines: number,
  days: number,
  write: (random: () => number, atMs: number) => string,
  random: () => number,
): Generator<Buffer> {
  let block = '';
  for (let line = 0; line < lines; line++) {
    block += `${write(random, instantOf(line / lines, days))}\n`;
    if (block.length < 1_000_000) continue;
    yield Buffer.from(block);
    block = '';
  }
  yield Buffer.from(block);
}

/** Records are twice as dense at 15:00 as on average, and sparse at night. */
const SWING = 0.5 / (2 * Math.PI);
const PEAK = 0.58;
const swing = (inDay: number): number => SWING * Math.sin(2 * Math.PI * (inDay - PEAK));

/** Returns the instant of the record that has `share` of its file's records before it. */
function instantOf(share: number, days: number): number {
  const day = Math.floor(share * days);
  const inDay = share * days - day;
  return Math.floor(END_MS - (days - day - (inDay - swing(inDay) + swing(0))) * DAY_MS);
}

const SERVICES = [
  'gateway',
  'shop',
  'search',
  'cart',
  SERVICE,
  'mailer',
  'inventory',
  'login',
  'recommendations',
  'invoices',
  'shipping',
  'audit',
];
const PATHS = ['/', '/login', '/cart', '/checkout', '/api/orders', '/api/items', '/search', '/static/app.js'];
const AGENTS = ['Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0', 'curl/8.9.1', 'Googlebot/2.1'];

function jsonLine(random: () => number, atMs: number): string {
  const service = skewed(random, SERVICES);
  const level = levelOf(random());
  const order = Math.floor(random() * 900_000) + 100_000;
  const tookMs = Math.round(Math.exp(3 + 1.2 * normal(random)) * 10) / 10;
  const path = skewed(random, PATHS);
  return JSON.stringify({
    timestamp: new Date(atMs).toISOString(),
    level,
    service,
    message: messageOf(random, level, { order, path }),
    client_ip: address(random),
    method: random() < 0.8 ? 'GET' : 'POST',
    path,
    status: level === 'ERROR' || level === 'FATAL' ? 500 : 200,
    duration_ms: tookMs,
    trace_id: order.toString(16) + Math.floor(random() * 2 ** 32).toString(16),
  });
}

function levelOf(at: number): string {
  if (at < 0.0002) return 'FATAL';
  if (at < 0.012) return 'ERROR';
  if (at < 0.05) return 'WARN';
  return at < 0.2 ? 'DEBUG' : 'INFO';
}

function messageOf(random: () => number, level: string, { order, path }: { order: number; path: string }): string {
  if (random() < 0.00003) return `lost ${RARE_WORD} of replicas for order ${order}`;
  if (level === 'FATAL') return `process ends: out of memory while handling order ${order}`;
  if (level === 'ERROR') {
    return random() < 0.5 ? `${PHRASE} by peer, request ${path} not ${COMMON_WORD}` : `upstream failed for ${path}`;
  }
  if (level === 'WARN') return `slow query for order ${order}: retried ${Math.floor(random() * 5)} times`;
  if (random() < 0.3) return `request ${path} ${COMMON_WORD} for customer ${Math.floor(random() ** 2 * 20_000)}`;
  return `order ${order} accepted, ${Math.floor(random() * 9) + 1} items, total ${Math.floor(random() * 90_000)} cents`;
}

function accessLine(random: () => number, atMs: number): string {
  const status = random() < 0.95 ? 200 : random() < 0.85 ? 404 : 503;
  const bytes = Math.floor(random() * 50_000);
  return `${address(random)} - - [${apacheTime(atMs)}] "GET ${skewed(random, PATHS)} HTTP/1.1" ${status} ${bytes} "-" "${skewed(random, AGENTS)}"`;
}

/** Few addresses have most of the requests. */
function address(random: () => number): string {
  const rank = Math.floor(random() ** 3 * 60_000);
  return `10.${rank >> 16}.${(rank >> 8) & 255}.${rank & 255}`;
}

function skewed<T>(random: () => number, list: readonly T[]): T {
  return list[Math.floor(random() ** 2 * list.length)] as T;
}

/** A normal variable by the method of Box and Muller. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function apacheTime(atMs: number): string {
  const [year, month, day] = new Date(atMs).toISOString().slice(0, 10).split('-');
  return `${day}/${MONTHS[Number(month) - 1]}/${year}:${new Date(atMs).toISOString().slice(11, 19)} +0000`;
}
