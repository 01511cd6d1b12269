import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Client, escapeLiteral } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';

/**
 * A copy of the records in a schema of its own. It serves two comparisons: bare `COPY` of the same rows into an equal
 * table, then reads with the indexes of an earlier release.
 */
export class PeerTable {
  readonly client: Client;
  readonly #path: string;
  #columns = '';

  constructor(databaseUrl: string, folder: string) {
    this.client = new Client({ connectionString: databaseUrl });
    this.#path = join(folder, 'rows');
  }

  /** Creates the table with all indexes of `log_lines`. */
  async create(): Promise<void> {
    await this.client.connect();
    const { rows } = await this.client.query<{ name: string }>(
      `SELECT quote_ident(column_name) AS name FROM information_schema.columns
       WHERE table_name = 'log_lines' AND is_generated = 'NEVER' ORDER BY ordinal_position`,
    );
    this.#columns = rows.map(({ name }) => name).join(', ');
    await this.client.query('CREATE SCHEMA peer; CREATE TABLE peer.log_lines (LIKE public.log_lines INCLUDING ALL)');
  }

  /** Copies the rows of one file, and returns the seconds that the server took to read them from a local file. */
  async copy(fileId: string): Promise<number> {
    const rows = `SELECT ${this.#columns} FROM public.log_lines WHERE file_id = ${escapeLiteral(fileId)} ORDER BY line`;
    const read = this.client.query(copyTo(`COPY (${rows}) TO STDOUT (FORMAT binary)`));
    await pipeline(read, createWriteStream(this.#path));
    const began = performance.now();
    await pipeline(
      createReadStream(this.#path, { highWaterMark: 1 << 20 }),
      this.client.query(copyFrom(`COPY peer.log_lines (${this.#columns}) FROM STDIN (FORMAT binary)`)),
    );
    return (performance.now() - began) / 1_000;
  }

  /** Replaces the indexes by those of commit 3ddc5e1, and lets unqualified names mean this table. */
  async useEarlierIndexes(): Promise<void> {
    const { rows } = await this.client.query<{ name: string }>(
      `SELECT indexrelid::regclass::text AS name FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
       JOIN pg_am ON pg_am.oid = relam WHERE indrelid = 'peer.log_lines'::regclass AND NOT indisprimary AND amname <> 'gin'`,
    );
    for (const { name } of rows) await this.client.query(`DROP INDEX ${name}`);
    await this.client.query('CREATE INDEX ON peer.log_lines ("timestamp", file_id, line)');
    await this.client.query('VACUUM (ANALYZE) peer.log_lines');
    await this.client.query('SET search_path = peer, public');
  }

  async close(): Promise<void> {
    await this.client.end();
  }
}
