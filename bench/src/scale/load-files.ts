import type { Origin } from '@pilotlight/origin';
import type { SuiteOptions } from '../suite.ts';
import type { PeerTable } from './peer-table.ts';
import { withProgress } from './progress.ts';
import { type ScaleFile, scaleFiles } from './scale-lines.ts';
import type { ScaleStores } from './stores.ts';

const PROGRESS_EVERY_MS = 2_000;

/** Lines per second of one file, as each subject took it in. */
export interface LoadedFile {
  readonly lines: number;
  readonly postgres: number;
  readonly elasticsearch: number | null;
  /** Null if the size is beyond the one at which the peer is measured. */
  readonly copy: number | null;
}

/** Loads further lines into every store, file by file in turn, so that background load affects all of them. */
export async function loadFiles(
  { postgres, elasticsearch }: ScaleStores,
  { lines, seed, peer, log }: { lines: number; seed: number; peer: PeerTable | null } & Pick<SuiteOptions, 'log'>,
): Promise<LoadedFile[]> {
  const loaded: LoadedFile[] = [];
  const files = scaleFiles(lines, seed);
  for (const [index, file] of files.entries()) {
    const about = `file ${index + 1} of ${files.length}, ${file.lines.toLocaleString('en')} lines`;
    const own = await ingestFile(postgres.origin, file, (text) => log(`${about}: Postgres ${text}`));
    const copySeconds = await (peer && withProgress(log, `${about}: COPY`, () => peer.copy(own.fileId)));
    const other = elasticsearch
      ? await ingestFile(elasticsearch.origin, file, (text) => log(`${about}: Elasticsearch ${text}`))
      : null;
    const result = {
      lines: file.lines,
      postgres: file.lines / own.seconds,
      elasticsearch: other && file.lines / other.seconds,
      copy: copySeconds && file.lines / copySeconds,
    };
    loaded.push(result);
    log(`${about}: ${describe(result)}`);
  }
  return loaded;
}

function describe({ postgres, copy, elasticsearch }: LoadedFile): string {
  const rates = Object.entries({ Postgres: postgres, COPY: copy, Elasticsearch: elasticsearch });
  const known = rates.flatMap(([name, rate]) => (rate === null ? [] : [`${name} ${rounded(rate)}`]));
  return `${known.join(', ')} lines/s`;
}

async function ingestFile(
  origin: Origin,
  { name, lines, blocks }: ScaleFile,
  progress: (text: string) => void,
): Promise<{ fileId: string; seconds: number }> {
  const upload = await origin.uploads.begin(name);
  const { file } = await withProgress(progress, 'uploads', async () => {
    for (const block of blocks()) await upload.write(block);
    return await upload.commit();
  });
  const began = performance.now();
  let shownAt = began;
  const result = await origin.ingest(file.id, {
    onProgress: ({ lines: done }) => {
      if (performance.now() - shownAt < PROGRESS_EVERY_MS) return;
      shownAt = performance.now();
      progress(`has ${rounded(done)} of ${rounded(lines)} lines`);
    },
  });
  if (result.outcome !== 'indexed' || result.lines !== lines) {
    throw new Error(`${name}: expected ${lines} indexed lines, got ${JSON.stringify(result)}`);
  }
  return { fileId: file.id, seconds: (performance.now() - began) / 1_000 };
}

const rounded = (value: number): string => Math.round(value).toLocaleString('en');
