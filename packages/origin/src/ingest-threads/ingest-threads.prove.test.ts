import { expect, onTestFinished, test } from 'vitest';
import { IngestSuperseded, OriginUnavailable } from '../errors.ts';
import { FILE_LIMITS, ReaderEnded } from '../ingest/index.ts';
import { openOrigin, uploadText } from '../testing/open-origin.ts';
import { IngestThreads } from './ingest-threads.ts';

const LINES = '2024-05-01 10:00:00 INFO app: started\n'.repeat(2_000);
const inThreads = () => openOrigin({ ingestThreads: 2 });
const HANGING = new URL('./testing/hanging-thread.ts', import.meta.url).href;
const GREEDY = new URL('./testing/greedy-thread.ts', import.meta.url).href;

test('a file read in a thread has its lines, event and progress', async () => {
  const { origin, query } = await inThreads();
  const { file } = await uploadText(origin, LINES);
  const progress: number[] = [];
  const result = await origin.ingest(file.id, { onProgress: ({ lines }) => progress.push(lines) });
  expect(result).toMatchObject({ outcome: 'indexed', lines: 2_000, event: { type: 'file.indexed' } });
  expect(await query('SELECT count(*)::int AS n FROM log_lines')).toEqual([{ n: 2_000 }]);
  expect(progress).toEqual([...progress].sort((a, b) => a - b));
});

test('while a thread hangs, other files are read and the main event loop runs', async () => {
  const { origin, databaseUrl } = await inThreads();
  const hanging = new IngestThreads({
    threads: 1,
    databaseUrl,
    limits: FILE_LIMITS,
    onError: () => undefined,
    filename: HANGING,
    watch: { maxSilentLooks: 1_000, maxStoppingLooks: 1 },
  });
  onTestFinished(() => hanging.close());
  const stop = new AbortController();
  const { promise: begun, resolve } = Promise.withResolvers<void>();
  const hung = hanging.ingest('any', { signal: stop.signal, onProgress: () => resolve() });
  hung.catch(() => undefined);
  await begun;
  const { file } = await uploadText(origin, LINES);
  expect(await origin.ingest(file.id)).toMatchObject({ outcome: 'indexed' });
  stop.abort(new Error('shutting down'));
  await expect(hung).rejects.toThrow('shutting down');
});

test('a hanging thread is terminated, and its file fails with that reason', async () => {
  const threads = new IngestThreads({
    threads: 1,
    databaseUrl: 'postgres://nowhere',
    limits: FILE_LIMITS,
    onError: () => undefined,
    filename: HANGING,
    watch: { maxSilentLooks: 1, maxStoppingLooks: 1 },
  });
  onTestFinished(() => threads.close());
  await expect(threads.ingest('any', {})).rejects.toThrow(ReaderEnded);
});

test('a thread that runs out of memory ends alone, and its file fails with that reason', async () => {
  const threads = new IngestThreads({
    threads: 1,
    databaseUrl: 'postgres://nowhere',
    limits: FILE_LIMITS,
    onError: () => undefined,
    filename: GREEDY,
    maxHeapMb: 64,
  });
  onTestFinished(() => threads.close());
  await expect(threads.ingest('any', {})).rejects.toThrow(/needed more than 64 MB of memory/);
});

test('an aborted ingest rejects with the reason, and a later one reads the file', async () => {
  const { origin } = await inThreads();
  const { file } = await uploadText(origin, LINES.repeat(50));
  const stop = new AbortController();
  const stopped = origin.ingest(file.id, { signal: stop.signal, onProgress: () => stop.abort(new Error('enough')) });
  await expect(stopped).rejects.toThrow('enough');
  expect((await origin.files.get(file.id))?.status).toBe('indexing');
  expect(await origin.ingest(file.id)).toMatchObject({ outcome: 'indexed', lines: 100_000 });
});

test('an error that ends an ingest keeps its class across the thread boundary', async () => {
  const { origin, query } = await inThreads();
  const { file } = await uploadText(origin, LINES.repeat(50));
  let deletion: Promise<unknown> | null = null;
  const overtaken = origin.ingest(file.id, {
    onProgress: ({ lines }) => {
      if (lines > 0) deletion ??= origin.files.delete(file.id);
    },
  });
  await expect(overtaken).rejects.toThrow(IngestSuperseded);
  await deletion;

  const { file: other } = await uploadText(origin, LINES.repeat(50));
  const cut = origin.ingest(other.id, {
    onProgress: ({ lines }) =>
      lines > 0 &&
      void query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE application_name LIKE 'pilotlight ingest%' AND datname = current_database()`),
  });
  await expect(cut).rejects.toThrow(OriginUnavailable);
});
