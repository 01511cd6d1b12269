import type { LogRecord } from '../../log-record.ts';
import type { LogStore } from '../../log-store/port.ts';
import type { LogStoreWorld } from '../../log-store/testing/world.ts';
import { RecordExtent } from '../../record-extent.ts';
import { Connections } from '../connections.ts';
import { beginCopy } from '../copy-attempt.ts';
import { PostgresFiles } from '../files.ts';
import { type IndexedCounts, IngestAttempt } from '../ingest-attempt.ts';
import { UploadStore } from '../upload-store.ts';
import { PostgresUploads } from '../uploads.ts';

/** Builds a world for the contract suite: real files in a separate database, beside any log store. */
export async function filesWorld(
  database: { url: string; drop(): Promise<void> },
  makeStore: (connections: { reads: Connections; work: Connections }) => LogStore,
): Promise<LogStoreWorld> {
  const connections = new Connections({
    databaseUrl: database.url,
    name: 'contract',
    max: 8,
    statementTimeoutMs: 30_000,
    idleInTransactionMs: 30_000,
    onError: () => undefined,
  });
  const store = makeStore({ reads: connections, work: connections });
  const files = new PostgresFiles(connections, connections, store);
  const uploads = new PostgresUploads(connections, {
    max: 2,
    store: new UploadStore(connections, 2, () => undefined),
    maxBytes: null,
  });
  const attempts = new Map<string, IngestAttempt>();
  const begin = async (fileId: string): Promise<number> => {
    const attempt = await IngestAttempt.begin(connections, fileId);
    if (!(attempt instanceof IngestAttempt)) throw new Error(`ingest of ${fileId} has ended: ${attempt}`);
    attempts.set(fileId, attempt);
    return attempt.number;
  };
  return {
    store,
    beginFile: async () => {
      const upload = await uploads.begin('contract.log');
      await upload.write(Buffer.from('the records come from the test'));
      const { file } = await upload.commit();
      return { fileId: file.id, attempt: await begin(file.id) };
    },
    beginAgain: begin,
    publish: async (fileId, number, records) => {
      const attempt = attempts.get(fileId);
      if (attempt?.number !== number) throw new Error(`attempt ${number} of ${fileId} is not the current one`);
      await attempt.succeed(countsOf(records));
    },
    beginCopy: (fileId) => beginCopy(connections, fileId),
    hide: async (fileId) => {
      await files.delete(fileId);
    },
    close: async () => {
      await connections.close();
      await database.drop();
    },
  };
}

function countsOf(records: readonly LogRecord[]): IndexedCounts {
  const seen = new RecordExtent();
  seen.add(records);
  return {
    format: 'text',
    formats: [{ name: 'text', records: records.length }],
    encoding: 'utf-8',
    packing: null,
    gzipped: false,
    lines: records.at(-1)?.lineEnd ?? 0,
    records: records.length,
    droppedNulBytes: 0,
    skippedMembers: 0,
    skippedBecause: null,
    dated: seen.dated,
    errors: records.filter(({ level }) => level === 'ERROR' || level === 'FATAL').length,
    unparsed: 0,
    truncated: 0,
    yearInferred: false,
    extent: seen.extent,
    storedBytes: 100 * records.length,
  };
}
