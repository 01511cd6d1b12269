import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { openOrigin, until } from '../../../testing/open-origin.ts';

test('a backfill that waited for a copy of the file keeps the counts of the copy', async () => {
  const { origin, databaseUrl, query, addFile } = await openOrigin();
  const file = await addFile('2026-03-01 10:00:00 INFO cart: added lamp');
  await query('DELETE FROM file_roll_ups');
  const copy = new pg.Client(databaseUrl);
  await copy.connect();
  onTestFinished(() => copy.end());
  await copy.query('BEGIN');
  await copy.query('SELECT FROM files WHERE id = $1 FOR SHARE', [file]);
  await copy.query(
    'INSERT INTO file_roll_ups (file_id, lines, dated, sourced, timed, sources_error) VALUES ($1, 7, 0, 0, 0, 0)',
    [file],
  );
  const filled = origin.logs.backfill();
  const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  await until(async () => (await query(waiting)).length > 0);
  await copy.query('COMMIT');
  await filled;
  expect(await query('SELECT lines FROM file_roll_ups WHERE file_id = $1', [file])).toEqual([{ lines: 7 }]);
});
