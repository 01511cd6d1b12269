import { expect, onTestFinished, test } from 'vitest';
import { schedulesOf } from '../run-worker.ts';
import { firstTry, openTestWorld } from '../testing/open-test-world.ts';
import { applyRetention } from './apply-retention.ts';

test('retention has a schedule only if there is a rule, and the schedule carries the rules', () => {
  const jobs = (retention: { days: number | null; bytes: number | null }) =>
    schedulesOf({ retention }).filter(({ job }) => job === 'apply-retention');
  expect(jobs({ days: null, bytes: null })).toEqual([]);
  const rules = { days: 7, bytes: 100 };
  expect(jobs(rules)).toEqual([expect.objectContaining({ id: 'apply-retention', data: rules })]);
});

test('a job deletes what its rules say, logs the sums and records the files; a cancelled job deletes nothing', async () => {
  const world = await openTestWorld();
  onTestFinished(() => world.close());
  const { origin } = world.deps;
  const { file } = await world.upload('2015-01-01 00:00:00 INFO app: an old line\n');
  await origin.ingest(file.id);
  const run = applyRetention({ origin, logger: world.logger });
  const rules = { days: 30, bytes: null };
  await expect(run(rules, { ...firstTry(), signal: AbortSignal.abort('ending') })).rejects.toBe('ending');
  expect(await origin.files.get(file.id)).not.toBeNull();
  expect(await run(rules, firstTry())).toMatchObject({ outcome: 'done', files: 1, lines: 1 });
  expect(await origin.files.get(file.id)).toBeNull();
  const { records } = await origin.audit.list({ limit: 10 });
  expect(records).toEqual([
    expect.objectContaining({
      action: 'retention',
      token: null,
      address: 'worker',
      input: { rules, files: [file.id], lines: 1, bytes: expect.any(Number) },
      count: 1,
    }),
  ]);
  expect(world.lines).toContainEqual(
    expect.stringMatching(/^Retention deleted 1 files with 1 lines, \d+ stored bytes$/),
  );
  expect(await run(rules, firstTry())).toMatchObject({ outcome: 'done', files: 0 });
  expect((await origin.audit.list({ limit: 10 })).records).toHaveLength(1);
});
