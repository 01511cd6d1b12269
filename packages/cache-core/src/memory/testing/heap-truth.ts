import { setImmediate } from 'node:timers/promises';
import { CacheManager } from '../../cache-manager.ts';
import { CachedEntry } from '../../model/cached-entry.ts';
import { buildKey } from '../../model/key.ts';
import { resolvePolicy } from '../../model/policy.ts';
import { toBody } from '../../model/value.ts';
import { singleProcess } from '../../single-process/single-process.ts';
import { SeededRandom } from '../../testing/seeded-random.ts';
import { MemoryTier } from '../memory-tier.ts';

/** The bytes that a filled tier counts, and the bytes by which the heap has grown. */
export interface Measured {
  readonly kind: string;
  readonly used: Used;
  readonly counted: number;
  readonly grown: number;
}

/** The use of each entry: nothing, its value once or often, or its compressed forms. */
type Used = 'bytes' | 'value' | 'value often' | 'variants';

const random = new SeededRandom(3);

function text(length: number): string {
  let made = '';
  while (made.length < length) made += Math.floor(random.next() * 2 ** 32).toString(36);
  return made.slice(0, length);
}

const row = (i: number) => ({
  id: text(36),
  timestamp: new Date(1_700_000_000_000 + i).toISOString(),
  level: random.oneOf(['INFO', 'WARN', 'ERROR']),
  message: `GET /api/orders/${text(8)} took ${random.next()} ms because of ${text(40)}`,
  line: i,
  fields: { status: 200 + (i % 4), ms: random.next() },
});
const rows = (length: number) => ({ total: length, results: Array.from({ length }, (_, i) => row(i)) });
const ofAnySize = () => random.oneOf([() => row(1), () => rows(12), () => rows(170)])();

const lines = (length: number) =>
  Array.from({ length }, () => ({
    level: random.oneOf(['INFO', 'WARN', 'ERROR']),
    service: random.oneOf(['checkout', 'search']),
    method: random.oneOf(['GET', 'POST']),
    line: 1,
  }));

const COUNTRIES = Array.from({ length: 200 }, (_, i) => `country-${String.fromCharCode(97 + (i >> 4), 97 + (i & 15))}`);

const KINDS: Readonly<Record<string, () => unknown>> = {
  '0.2 kB': () => row(1),
  '3 kB': () => rows(12),
  '46 kB': () => rows(170),
  'any of these': ofAnySize,
  'long texts': () => [text(5_000), `${text(2_000)}я`],
  numbers: () => ({ ints: Array.from({ length: 300 }, (_, i) => i), ratios: Array.from({ length: 300 }, random.next) }),
  'few short texts': () => lines(290),
  'few short texts of other scripts': () => [...lines(290), 'журнал'],
  'many short texts': () => Array.from({ length: 500 }, () => text(8)),
  'small objects': () => Array.from({ length: 100 }, (_, i) => ({ x: i, y: [i], z: {} })),
  'counts by country': () => Object.fromEntries(COUNTRIES.map((name, i) => [name, i])),
  'counts by few ids': () => ({
    total: 5,
    counts: Object.fromEntries(Array.from({ length: 7 }, () => [`${text(9)}-1`, 1])),
  }),
  'counts by ids': () => Object.fromEntries(Array.from({ length: 70 }, () => [`${text(9)}-1`, 1])),
  'counts by many ids': () => Object.fromEntries(Array.from({ length: 700 }, () => [`${text(9)}-1`, 1])),
};

/** Answers of one form and size. Most of their texts are words from a short list, as in an API's responses. */
const UNIFORM: Readonly<Record<string, () => unknown>> = {
  '0.2 kB': () => ({
    success: true,
    total: 7,
    rate: random.next(),
    by: { INFO: 1, WARN: 2, ERROR: 3 },
    files: lines(1),
  }),
  '3 kB': () => ({ success: true, results: lines(48) }),
  '46 kB': () => ({ success: true, results: lines(720) }),
};

const ENOUGH_BYTES = 10_000_000;

function entryOf(value: unknown, i: number): CachedEntry {
  const key = buildKey({ prefix: 'stats', name: 'get_stats', params: { i, text: text(5) } });
  const body = toBody(key, value);
  const loadedAt = 1_700_000_000_000 + random.next();
  const times = { loadedAt, freshUntil: loadedAt + 1, revalidateUntil: loadedAt + 2, staleUntil: loadedAt + 3 };
  const tags = Array.from({ length: i % 4 }, () => `tag:${text(10)}`);
  const scope = i % 2 ? { time: { from: loadedAt, to: null }, level: ['ERROR'] } : null;
  return new CachedEntry(key, { epoch: 1, asOf: i, body, tags, scope, ...times, loadMs: random.next() }, random.next());
}

async function fill(tier: MemoryTier, make: () => unknown, used: Used): Promise<void> {
  for (let i = 0; tier.sizeBytes < ENOUGH_BYTES; i++) {
    const cached = entryOf(make(), i);
    tier.put(cached);
    Object.assign(cached, { indexVersion: i, upTo: i });
    if (used === 'value often') for (let hits = 0; hits < 3; hits++) tier.get(cached.key);
    if (used.startsWith('value')) cached.value();
    if (used === 'variants') await Promise.all([cached.makeVariant('br'), cached.makeVariant('gzip')]);
  }
}

/** Fills the tier as an application does: the load's caller makes keys, the load sets tags, the engine makes bodies. */
async function fillByReads(cache: CacheManager, make: () => unknown, used: Used): Promise<void> {
  const policy = resolvePolicy();
  for (let i = 0; cache.internal.engine.memory.sizeBytes < ENOUGH_BYTES; i++) {
    const key = buildKey({ prefix: 'stats', name: 'get_stats', params: { i } });
    const { cached } = await cache.internal.reader.read(
      key,
      ({ tag }) => {
        tag(`file-${i % 50}`, `service-${i % 8}`);
        return make();
      },
      policy,
      null,
    );
    cache.internal.reader.hit(key, make, policy, null);
    if (used === 'value') cached.value();
  }
}

function heapBytes(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function collectGarbage(): void {
  if (!globalThis.gc) throw new Error('expected node --expose-gc');
  for (let i = 0; i < 4; i++) globalThis.gc();
}

/** The tier of the previous measurement. While it is alive, a later measurement would count its release as growth below zero. */
let previous: WeakRef<MemoryTier> | null = null;
const MAX_COLLECTIONS = 1_000;

/**
 * Returns the bytes of the heap once the previous tier is collected. A promise, a timer or a frame that has just ended may hold
 * that tier for some turns of the event loop. Throws if the tier is still alive after `MAX_COLLECTIONS` turns.
 */
async function heapBytesWithoutPrevious(): Promise<number> {
  for (let i = 0; i < MAX_COLLECTIONS; i++) {
    collectGarbage();
    if (previous?.deref() === undefined) return heapBytesNow();
    await setImmediate();
  }
  throw new Error(`expected the previous tier to be collected within ${MAX_COLLECTIONS} turns of the event loop`);
}

function heapBytesNow(): number {
  collectGarbage();
  return heapBytes();
}

async function measure(kind: string, make: () => unknown, used: Used): Promise<Measured> {
  const before = await heapBytesWithoutPrevious();
  const tier = new MemoryTier(1e9);
  await fill(tier, make, used);
  const measured = { kind, used, counted: tier.sizeBytes, grown: heapBytesNow() - before };
  previous = new WeakRef(tier); // also keeps the tier alive until here, after the measurement
  return measured;
}

async function measureReads(kind: string, make: () => unknown, used: Used): Promise<Measured> {
  const before = await heapBytesWithoutPrevious();
  const cache = new CacheManager({
    ports: singleProcess(),
    memoryBytes: 1e9,
    origins: { default: { concurrency: 1 } },
  });
  await cache.start();
  await fillByReads(cache, make, used);
  const counted = cache.internal.engine.memory.sizeBytes;
  const measured = { kind: `read: ${kind}`, used, counted, grown: heapBytesNow() - before };
  previous = new WeakRef(cache.internal.engine.memory);
  await cache.close();
  return measured;
}

/**
 * Prints one line of JSON for each kind of answers. Run it in a separate process with `--expose-gc`: other data in the
 * heap would distort the measurement. With `--no-flush-bytecode`, V8 keeps all code.
 */
export async function printMeasured(): Promise<void> {
  await measure('once before, so that all code and shapes are there', ofAnySize, 'variants');
  const print = async (measured: Promise<Measured>) => process.stdout.write(`${JSON.stringify(await measured)}\n`);
  for (const [kind, make] of Object.entries(KINDS)) {
    await print(measure(kind, make, 'bytes'));
    await print(measure(kind, make, 'value'));
  }
  await print(measure('3 kB', () => rows(12), 'value often'));
  await print(measure('46 kB', () => rows(170), 'value often'));
  await print(measure('any of these', ofAnySize, 'variants'));
  await measureReads('once before', ofAnySize, 'value');
  for (const [kind, make] of Object.entries(UNIFORM)) {
    await print(measureReads(kind, make, 'bytes'));
    await print(measureReads(kind, make, 'value'));
  }
}
