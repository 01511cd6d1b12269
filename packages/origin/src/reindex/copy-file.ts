import { IngestSuperseded, OriginError } from '../errors.ts';
import type { LogRecord } from '../log-record.ts';
import type { LogStore } from '../log-store/port.ts';
import type { Connections } from '../postgres/connections.ts';
import { beginCopy } from '../postgres/copy-attempt.ts';
import { type IndexedFile, isIndexed } from './indexed-files.ts';

export interface CopyOptions {
  work: Connections;
  source: LogStore;
  target: LogStore;
  signal?: AbortSignal | undefined;
}

/**
 * Copies one file. Returns false if the file was deleted meanwhile; what the target then has of it is removed by the next pass. Rejects
 * with `OriginError` if the source does not yield the records that it counted.
 */
export async function copyFile(
  { work, source, target, signal }: CopyOptions,
  file: IndexedFile,
  onRecords: (records: number) => void,
): Promise<boolean> {
  const attempt = await beginCopy(work, file.id);
  if (attempt === null) return false;
  try {
    await target.restore(file.id, attempt, complete(source.read(file.id, signal), file, onRecords));
    return true;
  } catch (error) {
    const isAboutTheFile = error instanceof IngestSuperseded || error instanceof CopyIncomplete;
    if (isAboutTheFile && !(await isIndexed(work, file.id))) return false;
    throw error;
  }
}

class CopyIncomplete extends OriginError {
  constructor({ id, records }: IndexedFile, read: number) {
    super(
      'COPY_INCOMPLETE',
      `expected ${records} records of file ${id} from the store that is copied, got ${read}; check that store, then repeat the command`,
    );
  }
}

/** Passes batches on and throws at their end unless they are the whole file. */
async function* complete(
  batches: AsyncIterable<readonly LogRecord[]>,
  file: IndexedFile,
  onRecords: (records: number) => void,
): AsyncGenerator<readonly LogRecord[]> {
  let read = 0;
  for await (const batch of batches) {
    yield batch;
    read += batch.length;
    onRecords(batch.length);
  }
  if (read !== file.records) throw new CopyIncomplete(file, read);
}
