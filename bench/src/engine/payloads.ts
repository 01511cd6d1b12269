/**
 * Cached payloads as JSON in three sizes: a stats answer (0.2 kB), a page of 20 log lines (3 kB), a page of 290 (46
 * kB).
 */
export const PAYLOADS = {
  '0.2 kB': { rows: 0 },
  '3 kB': { rows: 20 },
  '46 kB': { rows: 290 },
} as const;

export type PayloadSize = keyof typeof PAYLOADS;
export const PAYLOAD_SIZES = Object.keys(PAYLOADS) as PayloadSize[];

const LEVELS = ['INFO', 'INFO', 'INFO', 'WARN', 'ERROR', 'DEBUG'];
const SERVICES = ['checkout', 'search', 'payments', 'gateway'];
const MESSAGES = [
  'GET /api/orders/%d 200 in 12 ms',
  'user %d signed in from 10.0.3.17',
  'retrying upstream after timeout, attempt %d',
  'cart %d priced in 3 currencies',
];

/** Returns a new object at each call, as an origin does. The same seed gives the same answer. */
export function payload(size: PayloadSize, seed: number): unknown {
  const { rows } = PAYLOADS[size];
  return rows === 0 ? stats(seed) : page(rows, seed);
}

function stats(seed: number): unknown {
  return {
    success: true,
    stats: {
      total_logs: 1_048_576 + seed,
      by_level: { INFO: 901_224, WARN: 88_123, ERROR: 44_007, DEBUG: 15_222 },
      error_rate: 0.0419,
      response_time_ms: { avg: 41.7, p50: 22, p95: 161, p99: 402 },
      files: 12,
    },
  };
}

function page(rows: number, seed: number): unknown {
  const results = Array.from({ length: rows }, (_, i) => {
    const n = seed * 31 + i;
    return {
      id: `${(n * 2_654_435_761) >>> 0}-${i}`,
      timestamp: new Date(1_767_225_600_000 + n * 977).toISOString(),
      level: LEVELS[n % LEVELS.length],
      service: SERVICES[n % SERVICES.length],
      message: MESSAGES[n % MESSAGES.length]?.replace('%d', String(n)),
      line: n,
    };
  });
  return { success: true, total: 48_211, page: 1, page_size: rows, took_ms: 17, results };
}
