import { searchBodySchema } from '@pilotlight/contracts';
import { expect, test } from 'vitest';
import { ROLL_UP_TABLES } from '../log-store/postgres/roll-up/store-roll-up.ts';
import { TwinStore } from '../log-store/testing/twin-store.ts';
import { copyAll } from './copy-all.ts';
import type { ReindexProgress } from './outcome.ts';
import { type TwoStores, twoStores } from './testing/two-stores.ts';

const LINES = [
  '2026-03-01 10:00:00 INFO cart: added lamp',
  '2026-03-01 10:00:01 ERROR pay: card declined',
  '2026-03-01 10:00:02 WARN web: slow answer',
];

/** Columns that a copy could change: a number beyond a double, the order of keys, nested values. */
const JSON_LINES = `{"time":"2026-03-01T10:00:03Z","level":"warn","msg":"slow","id":12345678901234567890,"z":1,"a":{"c":[1e300,null],"b":"é"}}
{"time":"2026-03-01T10:00:04Z","level":"error","msg":"refused","service":"pay","status":503,"duration_ms":12.5,"client":"10.0.0.1"}
`;

/** A text of `count` lines. */
function text(count: number): string {
  return `${Array.from({ length: count }, (_, at) => LINES[at % LINES.length]).join('\n')}\n`;
}

/** Asks both stores the same requests and returns the number of records that they find. */
async function expectEqualAnswers({ source, target }: TwoStores): Promise<number> {
  const twin = new TwinStore(source, target);
  for (const body of [
    {},
    { q: 'declined' },
    { level: ['ERROR'] },
    { service: 'cart', page_size: 1_000 },
    { sort: 'oldest' },
  ]) {
    await twin.search(searchBodySchema.parse(body));
  }
  await twin.stats({ from: '2026-03-01T10:00:01Z' });
  return (await twin.stats({})).total_logs;
}

async function rowsOfTarget({ query }: TwoStores, fileId: string): Promise<number> {
  const [row] = await query<{ rows: string }>(
    `SELECT (SELECT count(*) FROM other.log_lines WHERE file_id = $1)
       + (SELECT count(*) FROM other.file_roll_ups WHERE file_id = $1) AS rows`,
    [fileId],
  );
  return Number(row?.rows);
}

test('every line, level, column and count is copied', async () => {
  const stores = await twoStores();
  for (const content of [text(1), text(1_203), text(5), JSON_LINES]) await stores.addFile(content);
  const progress: ReindexProgress[] = [];
  const result = await copyAll({ ...stores, onProgress: (step) => progress.push(structuredClone(step)) });
  expect(result).toMatchObject({
    passes: 2,
    copied: { files: 4, records: 1_211 },
    compared: { files: 4, records: 1_211 },
    differences: [],
    unknown: [],
    isSettled: true,
  });
  expect(await expectEqualAnswers(stores)).toBe(1_211);
  expect(progress.at(-1)).toMatchObject({
    pass: 2,
    done: { files: 4 },
    total: { files: 4 },
    copied: { records: 1_211 },
  });
  const counts = 'SELECT row_to_json(counted)::text AS counted FROM';
  for (const table of ROLL_UP_TABLES) {
    const ofTarget = await stores.query(`${counts} other.${table} counted ORDER BY 1`);
    expect(ofTarget).toEqual(await stores.query(`${counts} public.${table} counted ORDER BY 1`));
    expect(ofTarget.length).toBeGreaterThan(0);
  }
  // The version of the words belongs to the attempt, of which the copy took another one.
  for (const schema of ['public', 'other']) {
    const current = `FROM ${schema}.file_words JOIN files ON id = file_id AND attempt = ingest_attempt`;
    expect(await stores.query(`SELECT count(*)::int AS files ${current}`)).toEqual([{ files: 4 }]);
  }
  expect(await stores.target.backfill()).toBe(0);
});

test('a file that is indexed during the copy is included, a deleted one leaves nothing', async () => {
  const stores = await twoStores();
  const [first, second] = (await Promise.all([stores.addFile(text(10)), stores.addFile(text(20))])).sort();
  const third = await stores.addFile(text(30));
  let later = '';
  stores.source.onRead = async (fileId) => {
    if (fileId !== second || later !== '') return;
    later = await stores.addFile(text(5));
    // One that is copied, one that is being copied.
    for (const id of [first, second]) {
      await stores.origin.files.delete(id ?? '');
      await stores.origin.files.purge(id ?? '');
    }
  };
  const result = await copyAll(stores);
  expect(result).toMatchObject({
    copied: { files: 3 },
    removed: 1,
    compared: { files: 2, records: 35 },
    isSettled: true,
  });
  expect(await rowsOfTarget(stores, first ?? '')).toBe(0);
  expect(await rowsOfTarget(stores, second ?? '')).toBe(0);
  expect((await stores.target.storedFiles(null, 10)).sort()).toEqual([third, later].sort());
  expect(await expectEqualAnswers(stores)).toBe(35);
});

test('after an interruption only the files that are not complete are copied', async () => {
  const stores = await twoStores();
  const files: string[] = [];
  for (const count of [3, 700, 4]) files.push(await stores.addFile(text(count)));
  files.sort();
  stores.source.onRead = (fileId) =>
    fileId === files[1] ? Promise.reject(new Error('the process ends here')) : Promise.resolve();
  await expect(copyAll(stores)).rejects.toThrow('the process ends here');
  expect(await stores.target.storedFiles(null, 10)).toEqual([files[0]]);
  // What an ingest left there that a worker of the other store has since repeated.
  await stores.query(`INSERT INTO other.log_lines SELECT * FROM public.log_lines WHERE file_id = $1 AND line <= 3`, [
    files[2],
  ]);
  stores.source.onRead = () => Promise.resolve();
  const restored: string[] = [];
  stores.target.onRestore = (fileId) => restored.push(fileId);
  expect(await copyAll(stores)).toMatchObject({ copied: { files: 2 }, differences: [], isSettled: true });
  expect(restored).toEqual(files.slice(1));
  expect(await expectEqualAnswers(stores)).toBe(707);
});

test('a file that neither store has completely is listed with its counts', async () => {
  const stores = await twoStores();
  const damaged = await stores.addFile(text(3));
  const whole = await stores.addFile(text(3));
  await stores.query('DELETE FROM log_lines WHERE file_id = $1 AND line = 1', [damaged]);
  const result = await copyAll(stores);
  expect(result).toMatchObject({ copied: { files: 1 }, compared: { files: 1 }, isSettled: true });
  expect(result.differences).toEqual([{ fileId: damaged, expected: 3, source: { ERROR: 1, WARN: 1 }, target: {} }]);
  expect(await stores.target.storedFiles(null, 10)).toEqual([whole]);
});

test('a file with other levels at the target is copied again', async () => {
  const stores = await twoStores();
  await stores.addFile(text(3));
  await copyAll(stores);
  await stores.query('UPDATE other.log_lines SET level = 0 WHERE line = 1');
  expect(await copyAll(stores)).toMatchObject({ copied: { files: 1 }, differences: [] });
  expect(await expectEqualAnswers(stores)).toBe(3);
});

test('a file that was indexed into the target needs no copy', async () => {
  const stores = await twoStores();
  const fileId = await stores.addFile(text(3));
  await copyAll(stores);
  await stores.source.remove(fileId);
  expect(await copyAll(stores)).toMatchObject({
    passes: 1,
    copied: { files: 0 },
    compared: { files: 1 },
    differences: [],
  });
});

test('lines of a file without any record are listed, and removed only on request', async () => {
  const stores = await twoStores();
  const foreign = await stores.addFile(text(3));
  await copyAll(stores);
  await stores.origin.files.delete(foreign);
  await stores.origin.files.purge(foreign);
  await stores.query('DELETE FROM outbox WHERE file_id = $1', [foreign]);
  expect(await copyAll(stores)).toMatchObject({ removed: 0, unknown: [foreign], isSettled: true });
  expect(await rowsOfTarget(stores, foreign)).toBe(4);
  expect(await copyAll({ ...stores, removeUnknown: true })).toMatchObject({ removed: 1, unknown: [] });
  expect(await rowsOfTarget(stores, foreign)).toBe(0);
});

test('a copy that is stopped ends with the reason and keeps whole files only', async () => {
  const stores = await twoStores();
  const [first, second] = [await stores.addFile(text(900)), await stores.addFile(text(900))].sort();
  const stop = new AbortController();
  stores.source.onRead = async (fileId) => {
    if (fileId === second) stop.abort(new Error('stopped by SIGTERM'));
  };
  await expect(copyAll({ ...stores, signal: stop.signal })).rejects.toThrow('stopped by SIGTERM');
  expect(await stores.target.storedFiles(null, 10)).toEqual([first]);
});
