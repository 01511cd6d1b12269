import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Client, escapeIdentifier } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';

/**
 * Writes every table of a database to a file in `directory`, as one state of the database, while it is in use: the data that
 * `pg_dump` writes, without its program, which npm does not have. Returns the tables.
 */
export async function backUp(databaseUrl: string, directory: string): Promise<string[]> {
  return await connected(databaseUrl, async (client) => {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const tables = await tablesOf(client);
    for (const table of tables) {
      const rows = client.query(copyTo(`COPY ${escapeIdentifier(table)} TO STDOUT (FORMAT binary)`));
      await pipeline(rows, createWriteStream(join(directory, table)));
    }
    await client.query('COMMIT');
    return tables;
  });
}

/**
 * Replaces every row of a database by those of a backup, in one transaction. The triggers do not run: the events of the restored rows are
 * part of the backup.
 */
export async function restore(databaseUrl: string, directory: string): Promise<void> {
  await connected(databaseUrl, async (client) => {
    await client.query('BEGIN; SET LOCAL session_replication_role = replica');
    const tables = await tablesOf(client);
    await client.query(`TRUNCATE ${tables.map(escapeIdentifier).join(', ')}`);
    for (const table of tables) {
      const rows = client.query(copyFrom(`COPY ${escapeIdentifier(table)} FROM STDIN (FORMAT binary)`));
      await pipeline(createReadStream(join(directory, table)), rows);
    }
    await client.query('COMMIT');
  });
}

async function tablesOf(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ tablename: string }>(
    `SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename`,
  );
  return rows.map(({ tablename }) => tablename);
}

async function connected<T>(databaseUrl: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
