import { expect, test } from 'vitest';
import { openOrigin, uploadText } from '../testing/open-origin.ts';

test('the space of failed files is reused by later ones', async () => {
  const { origin, query } = await openOrigin({ fileLimits: { maxRecords: 20_000 } });
  const sizes: number[] = [];
  for (let round = 0; round < 4; round++) {
    const { file } = await uploadText(origin, 'x\n'.repeat(20_001));
    expect(await origin.ingest(file.id)).toMatchObject({ outcome: 'failed' });
    // Autovacuum does the same within a minute.
    await query('VACUUM log_lines');
    await query('VACUUM upload_chunks');
    const [row] = await query<{ bytes: number }>(
      `SELECT (pg_total_relation_size('log_lines') + pg_total_relation_size('upload_chunks'))::int AS bytes`,
    );
    sizes.push(row?.bytes ?? 0);
  }
  // Without reuse four rounds take twice as much as two. A VACUUM beside the end of an attempt frees its pages one round later.
  expect(sizes.at(-1)).toBeLessThanOrEqual((sizes[1] ?? 0) * 1.5);
});

test('dead lines and chunks are vacuumed long before they are a fifth of the table', async () => {
  const { query } = await openOrigin();
  const rows = await query<{ name: string; options: string[] | null }>(
    `SELECT c.relname AS name, c.reloptions || t.reloptions AS options FROM pg_class c JOIN pg_class t ON t.oid = c.reltoastrelid
     WHERE c.relname IN ('log_lines', 'upload_chunks') ORDER BY c.relname`,
  );
  const optionsOf = (name: string) => rows.find((row) => row.name === name)?.options ?? [];
  expect(optionsOf('log_lines')).toContain('autovacuum_vacuum_scale_factor=0.01');
  expect(optionsOf('upload_chunks').filter((each) => each === 'autovacuum_vacuum_scale_factor=0')).toHaveLength(2);
});
