import { expect, onTestFinished, test, vi } from 'vitest';
import { openOrigin, uploadText } from '../testing/open-origin.ts';

const MANY_LINES = Array.from({ length: 5_000 }, (_, n) => `2026-03-01 10:00:00 INFO app: line ${n}`).join('\n');
/** Longer than the pause before the first note. */
const BUSY_MS = 600;

/** Holds the clock of this process at one time, so that a slow machine does not count as a long ingest. */
function holdClock(): { advance(ms: number): void } {
  let now = performance.now();
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
  onTestFinished(() => clock.mockRestore());
  return { advance: (ms) => (now += ms) };
}

test('a long ingest notes its progress, which ends with it', async () => {
  const { origin, query } = await openOrigin();
  const { file } = await uploadText(origin, MANY_LINES);
  expect((await origin.progress.of([file.id])).get(file.id)).toMatchObject({ reading: null, end: null });
  const stop = new AbortController();
  const clock = holdClock();
  let noted = 0;
  const onProgress = ({ lines }: { lines: number }) => {
    if (noted === 0) {
      clock.advance(BUSY_MS);
      noted = lines;
    } else stop.abort(new Error('stopped'));
  };
  await expect(origin.ingest(file.id, { onProgress, signal: stop.signal })).rejects.toThrow('stopped');
  const stopped = (await origin.progress.of([file.id])).get(file.id);
  expect(stopped?.reading).toEqual({ attempt: 1, lines: noted, bytes: expect.any(Number) });
  await origin.ingest(file.id);
  const ended = (await origin.progress.of([file.id])).get(file.id);
  expect(ended).toMatchObject({ file: { status: 'indexed' }, reading: null, end: { position: null, warmed: [] } });
  expect(await query('SELECT * FROM ingest_progress')).toEqual([]);
});

test('a short ingest notes nothing', async () => {
  const { origin, query } = await openOrigin();
  await query('CREATE TABLE noted (n integer)');
  await query(`CREATE FUNCTION count_note() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN INSERT INTO noted VALUES (1); RETURN NULL; END'`);
  await query('CREATE TRIGGER count_notes AFTER INSERT ON ingest_progress EXECUTE FUNCTION count_note()');
  const { file } = await uploadText(origin, 'one line\n');
  holdClock();
  await origin.ingest(file.id);
  expect(await query('SELECT * FROM noted')).toEqual([]);
});

test('the progress of a file that is deleted during its ingest is removed with the file', async () => {
  const { origin, query } = await openOrigin();
  const { file } = await uploadText(origin, 'one line\n');
  await query(`INSERT INTO ingest_progress VALUES ($1, 1, 500, 9)`, [file.id]);
  await origin.files.delete(file.id);
  expect((await origin.progress.of([file.id, 'no uuid'])).size).toBe(0);
  await origin.files.purge(file.id);
  expect(await query('SELECT * FROM ingest_progress')).toEqual([]);
});

test('a run that began before the event was applied warms nothing for it', async () => {
  const { origin, addFile, query } = await openOrigin();
  const id = await addFile('one line\n');
  const [event] = await query<{ id: string }>(`SELECT id FROM outbox WHERE type = 'file.indexed'`);
  const end = async () => (await origin.progress.of([id])).get(id)?.end;
  const early = await origin.progress.now();
  await origin.outbox.markApplied(event?.id ?? '', 4);
  await origin.progress.noteWarmed('stats', early);
  expect(await end()).toMatchObject({ position: 4, appliedMsAgo: expect.any(Number), warmed: [] });
  await origin.progress.noteWarmed('stats', await origin.progress.now());
  await origin.progress.noteWarmed('stats', early);
  expect(await end()).toMatchObject({ warmed: ['stats'] });
});
