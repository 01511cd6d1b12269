import { searchBodySchema } from '@pilotlight/contracts';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { OriginUnavailable } from '../../errors.ts';
import { openOrigin } from '../../testing/open-origin.ts';

const TEXT = Array.from({ length: 50 }, (_, n) => `2020-01-01 00:00:${n + 10} ERROR app: row ${n}`).join('\n');
const RANGE = { from: '2020-01-01T00:00:20.500Z', to: '2020-01-01T00:00:40.500Z' };

/** A table that a statement of the answer reads, so that its lock keeps that statement from ending within its limit. */
const STATEMENTS: [string, 'stats' | 'search', object][] = [
  ['file_roll_ups', 'stats', {}],
  ['file_groups', 'stats', {}],
  ['file_buckets', 'stats', {}],
  ['file_buckets', 'stats', RANGE],
  ['log_lines', 'stats', RANGE],
  ['files', 'search', {}],
  ['file_common_words', 'search', { q: 'row' }],
  ['file_words', 'search', { q: 'row' }],
  ['log_lines', 'search', { q: 'row' }],
];

test.for(STATEMENTS)('with %s locked, %s %j are an error, not a part of the answer', async ([table, kind, asks]) => {
  const { origin, databaseUrl, addFile } = await openOrigin({ readTimeoutMs: 1_000 });
  await addFile(TEXT);
  const ask = async () =>
    kind === 'stats' ? await origin.logs.stats(asks) : await origin.logs.search(searchBodySchema.parse(asks));
  const locker = new pg.Client(databaseUrl);
  await locker.connect();
  onTestFinished(() => locker.end());
  await locker.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
  const error = await ask().then(
    (answer) => answer,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(OriginUnavailable);
  expect(error).toHaveProperty('message', expect.stringContaining('statement timeout'));
  await locker.query('ROLLBACK');
  expect(await ask()).toMatchObject(kind === 'stats' ? { total_logs: asks === RANGE ? 20 : 50 } : { total: 50 });
});
