import { escapeLiteral, type PoolClient } from 'pg';
import { IngestSuperseded } from '../../errors.ts';
import type { LogRecord } from '../../log-record.ts';
import { type Connections, withShortTimeout } from '../../postgres/connections.ts';
import { CopyTransaction } from '../../postgres/copy-transaction.ts';
import { codeOf } from '../../postgres/unavailable.ts';
import { COPY_RECORDS, RecordEncoder } from './encode-records.ts';
import { WordCounter } from './roll-up/common-words.ts';
import { FileRollUp } from './roll-up/file-roll-up.ts';
import { removeRollUp, storeRollUp } from './roll-up/store-roll-up.ts';
import { storeWordsVersion } from './words-version.ts';

/** SQLSTATE of a copy that is not the current one. */
const NOT_CURRENT = 'PL001';

/**
 * Implements `RecordTransfer.restore`. What the store has of the file goes first, in a transaction of its own, so that a long copy
 * holds no lock that a purge waits for. All records and counts of the file are then one transaction, because readers may see
 * the file already: they see none of it, or all. Each transaction commits only if the file is `indexed` and has the given number.
 */
export async function restoreRecords(
  connections: Connections,
  file: { fileId: string; attempt: number },
  batches: AsyncIterable<readonly LogRecord[]>,
): Promise<void> {
  const removal = removeRollUp(escapeLiteral(file.fileId));
  await explaining(file, async () => {
    await connections.transaction(
      (client) => client.query(`DELETE FROM log_lines WHERE file_id = ${escapeLiteral(file.fileId)}; ${removal}`),
      { commit: `${assertCurrent(file)}; COMMIT` },
    );
    await copyRecords(connections, file, batches, async (client, { rollUp, words }) => {
      // From here on the row is locked, so that no worker stores other counts. The rest takes well below a second.
      await client.query(`${assertCurrent(file)}; ${removal}`);
      await storeRollUp(client, file.fileId, rollUp);
      await words.store(client, file.fileId);
      await storeWordsVersion(client, file.fileId, file.attempt);
    });
  });
}

/** The counts of the records of a file. */
interface Counts {
  rollUp: FileRollUp;
  words: WordCounter;
}

/** Copies all records in one transaction and calls `end` before its COMMIT. */
async function copyRecords(
  connections: Connections,
  { fileId }: { fileId: string },
  batches: AsyncIterable<readonly LogRecord[]>,
  end: (client: PoolClient, counts: Counts) => Promise<void>,
): Promise<void> {
  const rollUp = new FileRollUp();
  const words = new WordCounter();
  const encoder = new RecordEncoder(fileId, words);
  encoder.begin();
  const begin = async (client: PoolClient): Promise<void> => {
    await client.query(withShortTimeout('BEGIN'));
  };
  const copy = await CopyTransaction.begin(connections, begin, COPY_RECORDS);
  try {
    for await (const records of batches) {
      for (const piece of encoder.add(records)) await copy.write(piece);
      rollUp.add(records);
    }
    await copy.write(encoder.end());
    await copy.commit('COMMIT', (client) => end(client, { rollUp, words }));
  } finally {
    await copy.abort();
  }
}

/** Returns a statement that fails unless the file is `indexed` and has the number, and that keeps it so until COMMIT. */
function assertCurrent({ fileId, attempt }: { fileId: string; attempt: number }): string {
  return `DO $check$ BEGIN
    PERFORM 1 FROM files WHERE id = ${escapeLiteral(fileId)} AND ingest_attempt = ${Number(attempt)} AND status = 'indexed' FOR SHARE;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'copy % of a file is not the current one', ${Number(attempt)} USING ERRCODE = '${NOT_CURRENT}';
    END IF;
  END $check$`;
}

async function explaining(
  { fileId, attempt }: { fileId: string; attempt: number },
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw codeOf(error) === NOT_CURRENT ? new IngestSuperseded(fileId, attempt, { cause: error }) : error;
  }
}
