import { migratedDatabase } from '@pilotlight/stack/vitest';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import { createOrigin, type OriginOptions } from '../create-origin.ts';
import type { Origin } from '../origin.ts';

export interface TestOrigin {
  origin: Origin;
  databaseUrl: string;
  /** Errors passed to `onError`. */
  errors: unknown[];
  /** Queries the database directly, past the origin. */
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Uploads and ingests a file. Returns its id. */
  addFile(text: string, name?: string): Promise<string>;
}

/** Opens an origin on its own migrated database. The end of the test closes it. */
export async function openOrigin(options: Partial<OriginOptions> = {}): Promise<TestOrigin> {
  const database = await migratedDatabase();
  const errors: unknown[] = [];
  const origin = createOrigin({ databaseUrl: database.url, onError: (error) => errors.push(error), ...options });
  const pool = new pg.Pool({ connectionString: database.url, max: 2 });
  // Tests end sessions on purpose.
  pool.on('error', () => undefined);
  onTestFinished(async () => {
    await origin.close();
    await pool.end();
    await database.drop();
  });
  return {
    origin,
    databaseUrl: database.url,
    errors,
    query: async (text, values) => (await pool.query(text, values)).rows,
    addFile: async (text, name) => {
      const { file } = await uploadText(origin, text, name);
      await origin.ingest(file.id);
      return file.id;
    },
  };
}

export async function uploadText(origin: Origin, text: string, name = 'test.log') {
  const upload = await origin.uploads.begin(name);
  await upload.write(Buffer.from(text));
  return await upload.commit();
}

/** Polls until `holds` returns true. The test's own time limit ends the wait otherwise. */
export async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10));
}
