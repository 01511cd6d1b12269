import { gzipSync } from 'node:zlib';
import type { DomainEvent } from '@pilotlight/contracts';
import type { Origin } from '@pilotlight/origin';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isUnreachable } from '../errors.ts';
import { LONG_READS, MAX_CRASHES } from '../limits.ts';
import { LongReads } from '../long-reads.ts';
import { firstTry, openTestWorld, type TestWorld } from '../testing/open-test-world.ts';
import { ingestFile } from './ingest-file.ts';

let world: TestWorld;

beforeAll(async () => {
  world = await openTestWorld();
});
afterAll(() => world.close());

const handler = (origin: Pick<Origin, 'ingest' | 'files' | 'outbox'> = world.deps.origin) =>
  ingestFile({ origin, logger: world.logger, longReads: new LongReads(LONG_READS) });

/** Returns the real origin with some parts replaced. */
function originWith(part: Partial<Pick<Origin, 'ingest'>>): Pick<Origin, 'ingest' | 'files' | 'outbox'> {
  const { origin } = world.deps;
  return { ingest: (id, options) => origin.ingest(id, options), files: origin.files, outbox: origin.outbox, ...part };
}

async function pendingJobs(event: DomainEvent): Promise<string[]> {
  const jobs: string[] = [];
  await world.deps.origin.outbox.relay({ limit: 1_000, retryAfterMs: 0 }, async (entries) => {
    for (const entry of entries) if (entry.event.id === event.id) jobs.push(...entry.jobs);
  });
  return jobs;
}

/** Locks the chunks of all uploads, so that no ingest reads any until `release`. */
async function lockChunks(fileId: string) {
  const client = new pg.Client(world.urls.databaseUrl);
  await client.connect();
  await client.query('BEGIN; LOCK TABLE upload_chunks');
  return {
    attempt: async (): Promise<number> =>
      (await client.query('SELECT ingest_attempt FROM files WHERE id = $1', [fileId])).rows[0].ingest_attempt,
    release: async () => {
      await client.query('COMMIT');
      await client.end();
    },
  };
}

const LINES = '2024-05-01 10:00:00 INFO app: started\n2024-05-01 10:00:01 ERROR app: failed\n';

describe('ingest-file', () => {
  test('indexes the file, settles its job and logs the counts', async () => {
    const { file, event } = await world.upload(LINES, 'today.log');
    expect(await handler()({ event }, firstTry())).toMatchObject({ outcome: 'indexed', lines: 2, errors: 1 });
    expect(await world.deps.origin.files.get(file.id)).toMatchObject({ status: 'indexed', line_count: 2 });
    expect(await pendingJobs(event)).toEqual(['apply-event']);
    const line = world.lines.find((line) => line.startsWith('Indexed today.log'));
    expect(line).toMatch(/^Indexed today\.log: 2 lines \(1 errors, 0 unparsed\) in \d+\.\d s, application$/);
  });

  test('a second run does not change the lines', async () => {
    const { file, event } = await world.upload(LINES);
    await handler()({ event }, firstTry());
    expect(await handler()({ event }, firstTry())).toEqual({ outcome: 'skipped', because: 'indexed' });
    expect(await world.deps.origin.files.get(file.id)).toMatchObject({ line_count: 2 });
  });

  test('a damaged file becomes failed at the first try, and its job is settled', async () => {
    const { file, event } = await world.upload(gzipSync(LINES.repeat(1_000)).subarray(0, 60), 'cut.log.gz');
    expect(await handler()({ event }, firstTry())).toMatchObject({ outcome: 'failed' });
    expect(await world.deps.origin.files.get(file.id)).toMatchObject({ status: 'failed' });
    expect(await pendingJobs(event)).toEqual(['apply-event']);
    expect(world.lines.some((line) => line.startsWith('Could not index cut.log.gz:'))).toBe(true);
  });

  test('an attempt that a later one has overtaken ends without error and settles nothing', async () => {
    const { file, event } = await world.upload(LINES);
    const { origin } = world.deps;
    const chunks = await lockChunks(file.id);
    let later: ReturnType<Origin['ingest']> | undefined;
    const overtaken = originWith({
      // The later attempt begins while the first one waits for its chunks.
      ingest: async (id, options) => {
        const first = origin.ingest(id, options);
        await expect.poll(chunks.attempt).toBe(1);
        later = origin.ingest(id);
        await expect.poll(chunks.attempt).toBe(2);
        // The first attempt may end before the release does.
        const [result] = await Promise.all([first, chunks.release()]);
        return result;
      },
    });
    expect(await handler(overtaken)({ event }, firstTry())).toMatchObject({ outcome: 'superseded' });
    expect(await later).toMatchObject({ outcome: 'indexed' });
    expect(await pendingJobs(event)).toContain('ingest-file');
    expect(await origin.files.get(file.id)).toMatchObject({ status: 'indexed', line_count: 2 });
  });

  test('a file that is deleted during its ingest leaves no job to hand over again', async () => {
    const { file, event } = await world.upload(LINES.repeat(20_000));
    const { origin } = world.deps;
    let deletion: ReturnType<Origin['files']['delete']> | undefined;
    const deleting = originWith({
      ingest: async (id, options) =>
        await origin.ingest(id, {
          ...options,
          // Deletes the file during the ingest, whose next statement waits for the deletion.
          onProgress: ({ lines }) => {
            if (lines > 0) deletion ??= origin.files.delete(file.id);
          },
        }),
    });
    expect(await handler(deleting)({ event }, firstTry())).toEqual({ outcome: 'deleted' });
    await deletion;
    expect(await pendingJobs(event)).toEqual(['apply-event']);
  });

  test('an error that is not in the file is thrown, so that the job is retried', async () => {
    const { file, event } = await world.upload(LINES);
    const faulty = originWith({ ingest: () => Promise.reject(new Error('a bug')) });
    await expect(handler(faulty)({ event }, firstTry())).rejects.toThrow('a bug');
    expect(await world.deps.origin.files.get(file.id)).toMatchObject({ status: 'received' });
    expect(await pendingJobs(event)).toContain('ingest-file');
  });

  test('at the last try, such a file becomes failed with a reason', async () => {
    const { file, event } = await world.upload(LINES);
    const faulty = originWith({ ingest: () => Promise.reject(new Error('a bug')) });
    await expect(handler(faulty)({ event }, { ...firstTry(), isLastTry: true })).rejects.toThrow('a bug');
    expect(await world.deps.origin.files.get(file.id)).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('could not be indexed'),
    });
    expect(await pendingJobs(event)).toEqual(['apply-event']);
  });

  test('a file that has killed too many workers becomes failed before it is read again', async () => {
    const { file, event } = await world.upload(LINES);
    const result = await handler()({ event }, { ...firstTry(), crashes: MAX_CRASHES });
    expect(result).toEqual({ outcome: 'given up' });
    expect(await world.deps.origin.files.get(file.id)).toMatchObject({
      status: 'failed',
      error: `${MAX_CRASHES} workers died while reading it`,
    });
  });

  test('a file name with terminal control characters is made harmless in the log', async () => {
    const { event } = await world.upload(LINES, 'a\u001b[2Jb\u202egol.txt');
    await handler()({ event }, firstTry());
    expect(world.lines.some((line) => line.startsWith('Indexed a�[2Jb�gol.txt'))).toBe(true);
  });
});

/** Makes every write of lines fail with a SQLSTATE, until the returned function is called. */
async function failWrites(sqlState: string): Promise<() => Promise<void>> {
  await world.query(`CREATE FUNCTION fail_writes() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '${sqlState}'; END $$;
    CREATE TRIGGER failing BEFORE INSERT ON log_lines FOR EACH ROW EXECUTE FUNCTION fail_writes()`);
  return () => world.query('DROP TRIGGER failing ON log_lines; DROP FUNCTION fail_writes()');
}

describe('a full disk of the database', () => {
  test('the file waits, even at the last try, and is indexed once there is space', async () => {
    const { file, event } = await world.upload(LINES, 'waits.log');
    const free = await failWrites('53100');
    for (const isLastTry of [false, true]) {
      const error: unknown = await handler()({ event }, { ...firstTry(), isLastTry }).catch(
        (caught: unknown) => caught,
      );
      expect(isUnreachable(error), String(error)).toBe(true);
      expect(await world.deps.origin.files.get(file.id)).toMatchObject({ status: 'indexing' });
    }
    await free();
    expect(await handler()({ event }, firstTry())).toMatchObject({ outcome: 'indexed', lines: 2 });
  });

  test('control: any other error of the database fails the file at the last try', async () => {
    const { file, event } = await world.upload(LINES, 'gives-up.log');
    const repair = await failWrites('XX000');
    await expect(handler()({ event }, { ...firstTry(), isLastTry: true })).rejects.toThrow(/could not extend file/);
    expect(await world.deps.origin.files.get(file.id)).toMatchObject({ status: 'failed' });
    await repair();
  });
});
