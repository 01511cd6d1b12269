import type { DomainEvent, LogFile } from '@pilotlight/contracts';
import type { PoolClient } from 'pg';
import type { Quotas } from '../quotas.ts';
import type { Upload, UploadReading } from '../uploads.ts';
import { appendEvent } from './append-event.ts';
import { FILE_COLUMNS, type FileRow, toLogFile } from './file-row.ts';
import { claimQuotas } from './quotas.ts';
import { type Staged, StagedBytes, sweptAway } from './staged-bytes.ts';
import type { UploadStore } from './upload-store.ts';

interface UploadOptions {
  name: string;
  /** Whose quota the file counts for. */
  uploader: string | null;
  maxBytes: number | null;
  quotas: Quotas;
  /** Called once, when the upload has ended. */
  endTurn: () => void;
}

/** An upload whose last transaction writes the last chunk, the file's row and its event. */
export class PostgresUpload implements Upload {
  readonly #store: UploadStore;
  readonly #options: UploadOptions;
  readonly #bytes: StagedBytes;

  constructor(store: UploadStore, options: UploadOptions) {
    this.#store = store;
    this.#options = options;
    this.#bytes = new StagedBytes(store, options);
  }

  async write(bytes: Buffer): Promise<void> {
    await this.#bytes.write(bytes);
  }

  async commit(readAs: UploadReading = {}): Promise<{ file: LogFile; event: DomainEvent }> {
    return await this.#bytes.commit((staged) =>
      this.#store.transaction((client) => this.#publish(client, staged, readAs)),
    );
  }

  async abort(): Promise<void> {
    await this.#bytes.abort();
  }

  async #publish(
    client: PoolClient,
    { id, sizeBytes, chunks, rest }: Staged,
    { shape = null, ...readAs }: UploadReading,
  ): Promise<{ file: LogFile; event: DomainEvent }> {
    if (rest !== null) {
      await client.query('INSERT INTO upload_chunks (file_id, n, bytes) VALUES ($1, $2, $3)', [id, chunks, rest]);
    }
    if (chunks > 0) {
      const { rowCount } = await client.query('DELETE FROM uploads_under_way WHERE id = $1 AND NOT abandoned', [id]);
      if (rowCount === 0) throw sweptAway(id);
    }
    const { name, uploader, quotas } = this.#options;
    await claimQuotas(client, quotas, { uploader, bytes: sizeBytes, files: 1 });
    const { rows } = await client.query<FileRow>(
      `INSERT INTO files (id, name, size_bytes, uploaded_by, read_as, own_shape)
       VALUES ($1, $2, $3, $4, $5, $6) RETURNING ${FILE_COLUMNS}`,
      [id, name.replaceAll('\0', '\ufffd'), sizeBytes, uploader, isEmpty(readAs) ? null : readAs, shape],
    );
    const [row] = rows;
    if (row === undefined) throw new Error(`INSERT of file ${id} returned no row`);
    return { file: toLogFile(row), event: await appendEvent(client, 'file.uploaded', id) };
  }
}

function isEmpty(readAs: Omit<UploadReading, 'shape'>): boolean {
  return Object.values(readAs).every((value) => value === null);
}
