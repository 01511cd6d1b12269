import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { interleaved, type Samples } from '../engine/rounds.ts';
import { median, type Row } from '../row.ts';
import type { SuiteOptions } from '../suite.ts';
import { type LoadedFile, loadFiles } from './load-files.ts';
import { PeerTable } from './peer-table.ts';
import { withProgress } from './progress.ts';
import { rowsOf, scaleTable } from './report.ts';
import { type ScaleRequest, scaleRequests } from './requests.ts';
import { openStores, type ScaleStore, type ScaleStores } from './stores.ts';

const LINES = 1_000_000;
const QUICK_LINES = 100_000;
const ROUNDS = 5;

/** Subjects of one request, in the order in which each round asks them. */
export type Subject = 'Postgres' | 'every record read' | 'Elasticsearch';

/** The measurements of one number of lines. */
export interface SizeResult {
  readonly lines: number;
  readonly files: readonly LoadedFile[];
  /** Bytes on disk by store and part. */
  readonly sizes: Readonly<Partial<Record<Subject, Readonly<Record<string, number>>>>>;
  /** Cold times in ms. */
  readonly times: ReadonlyMap<ScaleRequest, Samples<Subject, number>>;
}

/**
 * Loads generated lines into both log stores by the product's own ingest, in steps of ten times as many, and measures each step:
 * ingest rate, size on disk, and the time that a cache miss of each endpoint costs.
 */
export async function scale(options: SuiteOptions): Promise<Row[]> {
  const { quick, full, log } = options;
  const lines = options.lines ?? (quick ? QUICK_LINES : LINES);
  const stores = await openStores(options);
  const folder = await mkdtemp(join(tmpdir(), 'pilotlight-bench-'));
  const peer = new PeerTable(stores.databaseUrl, folder);
  const results: SizeResult[] = [];
  try {
    await peer.create();
    let before = 0;
    for (const size of [lines / 10, lines, ...(full ? [lines * 10] : [])].map(Math.round)) {
      log(`\n${size.toLocaleString('en')} lines`);
      const ownPeer = size <= lines ? peer : null;
      const files = await loadFiles(stores, { lines: size - before, seed: results.length + 1, peer: ownPeer, log });
      if (size === lines) await withProgress(log, 'building earlier indexes', () => peer.useEarlierIndexes());
      results.push(await measure(stores, { size, files, peer: size === lines ? peer : null, log }));
      before = size;
    }
  } finally {
    await peer.close();
    await stores.stop();
    await rm(folder, { recursive: true, force: true });
  }
  options.print(scaleTable(results));
  return rowsOf(results, lines);
}

async function measure(
  { postgres, elasticsearch }: ScaleStores,
  {
    size,
    files,
    peer,
    log,
  }: { size: number; files: readonly LoadedFile[]; peer: PeerTable | null } & Pick<SuiteOptions, 'log'>,
): Promise<SizeResult> {
  const stores = elasticsearch === null ? [postgres] : [postgres, elasticsearch];
  for (const store of stores) await withProgress(log, `waiting for ${store.name} to settle`, () => store.settle());
  const sizes = Object.fromEntries(await Promise.all(stores.map(async (store) => [store.name, await store.sizes()])));
  const times = new Map<ScaleRequest, Samples<Subject, number>>();
  for (const request of scaleRequests()) {
    const samples = await withProgress(log, request.id, () => timesOf(request, stores, peer));
    times.set(request, samples);
    const medians = [...samples].map(([subject, all]) => `${subject} ${median(all).toFixed(1)} ms`);
    log(`${request.id}: ${medians.join(', ')}`);
  }
  return { lines: size, files, sizes, times };
}

/** Asks each subject in turn, round after round. Returns milliseconds. */
async function timesOf(
  request: ScaleRequest,
  stores: readonly ScaleStore[],
  peer: PeerTable | null,
): Promise<Samples<Subject, number>> {
  const { askPeer } = request;
  const subjects = new Map<Subject, () => Promise<unknown>>(
    stores.map(({ name, origin }) => [name, () => request.ask(origin)]),
  );
  if (peer !== null && askPeer) subjects.set('every record read', () => askPeer(peer.client));
  const samples = await interleaved([...subjects], ROUNDS + 1, async ([, ask]) => {
    const began = performance.now();
    await ask();
    return performance.now() - began;
  });
  // The first round connects, and reads pages from disk that later misses of the cache find in memory.
  return new Map([...samples].map(([[subject], [, ...rest]]) => [subject, rest]));
}
