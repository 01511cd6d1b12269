/** A request of the demo reader: a path with its query, and the body of a search. */
export interface DemoRequest {
  readonly path: string;
  readonly body?: object;
}

// Each list begins with the most frequent request. The words and services are those of the sample logs.
const STATS = [
  '',
  'service=payments',
  'level=ERROR',
  'interval=1h',
  'service=checkout',
  'service=inventory&level=WARN',
];
const SEARCHES = [
  { q: 'error' },
  { q: 'payment', level: 'ERROR' },
  { q: '"order placed"' },
  { q: 'timeout OR slow' },
  { q: 'status:503' },
  { q: 'service:inventory -debug' },
  { q: 'path:/api/*' },
  { q: 'warehouse' },
];
const FILES = ['', 'limit=5', 'limit=20'];
/** One in this number of stats has a start of its own minute, so that a first read of it is a miss. */
const ROLLING_EVERY = 5;
const DAY_MS = 86_400_000;

/**
 * Returns the request number `n` of the demo reader. The endpoints take turns; requests at the beginning of a list are frequent, so that
 * most reads are hits and some are misses.
 *
 * @param n from 0
 * @param random from 0 to below 1
 * @param now in ms since 1970
 */
export function demoRequest(n: number, random: number, now: number): DemoRequest {
  const turn = Math.floor(n / 3);
  // The second read of each endpoint repeats the first, so that each soon has a hit.
  const drawn = turn < 2 ? 0 : random;
  switch (n % 3) {
    case 0:
      return { path: withQuery('/api/stats', statsQuery(turn, drawn, now)) };
    case 1:
      return { path: '/api/search', body: picked(SEARCHES, drawn) ?? {} };
    default:
      return { path: withQuery('/api/files', picked(FILES, drawn) ?? '') };
  }
}

function statsQuery(turn: number, random: number, now: number): string {
  if (turn % ROLLING_EVERY !== ROLLING_EVERY - 1) return picked(STATS, random) ?? '';
  const from = new Date(now - DAY_MS - ((now - DAY_MS) % 60_000));
  return `from=${from.toISOString()}`;
}

/** The first of n has half of the picks if there are eight. */
function picked<Item>(items: readonly Item[], random: number): Item | undefined {
  return items[Math.floor(items.length * random ** 3)];
}

function withQuery(path: string, query: string): string {
  return query === '' ? path : `${path}?${query}`;
}
