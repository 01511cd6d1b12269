// Runs in each thread that reads files. It does everything from reading chunks to COPY, on the thread's own
// connections, so no record crosses to the main thread and no parser can block the main event loop.
import { parentPort } from 'node:worker_threads';
import { workerData } from 'piscina';
import { ingestStoredFile } from '../ingest-stored-file.ts';
import { openLogStore } from '../log-store/open-log-store.ts';
import { Connections } from '../postgres/connections.ts';
import {
  BEAT_MS,
  type IngestTask,
  NO_PROGRESS,
  partsOf,
  type ThreadData,
  type ThreadReply,
} from './thread-messages.ts';

const { databaseUrl, elasticsearch = null, limits, shapes = [] } = workerData as ThreadData;
const onError = (error: unknown): void => parentPort?.postMessage({ lost: String(error) });
// A thread reads one file at a time: it reads a chunk while it copies the records of the one before.
const reads = new Connections({
  databaseUrl,
  name: 'ingest reads',
  max: 1,
  statementTimeoutMs: 30_000,
  idleInTransactionMs: 10_000,
  onError,
});
const work = new Connections({
  databaseUrl,
  name: 'ingest',
  max: 2,
  statementTimeoutMs: 30_000,
  idleInTransactionMs: 30_000,
  onError,
});
// A thread never searches, so no read reaches this limit.
const logs = openLogStore({ reads, work, elasticsearch, readTimeoutMs: 30_000, onError });

export async function ingest({ fileId, trace, port }: IngestTask): Promise<ThreadReply> {
  const stop = new AbortController();
  let progress = NO_PROGRESS;
  const sendProgress = (): void => port.postMessage(progress);
  port.on('message', () => stop.abort());
  const beats = setInterval(sendProgress, BEAT_MS);
  try {
    sendProgress();
    const result = await ingestStoredFile({ reads, work, logs, limits, shapes }, fileId, {
      signal: stop.signal,
      trace,
      onProgress: (latest) => {
        progress = latest;
        sendProgress();
      },
    });
    return { result };
  } catch (error) {
    return stop.signal.aborted ? { stopped: true } : { error: partsOf(error) };
  } finally {
    clearInterval(beats);
    port.close();
  }
}
