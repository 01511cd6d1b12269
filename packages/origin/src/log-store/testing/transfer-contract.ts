import { expect, test } from 'vitest';
import { IngestSuperseded } from '../../errors.ts';
import type { LogRecord } from '../../log-record.ts';
import {
  addFile,
  EVERYTHING,
  inBatches,
  type LogStoreWorld,
  messages,
  readAll,
  record,
  search,
  second,
} from './world.ts';

/** Tests the parts of a store that `reindex` copies files with. */
export function transferContract(world: () => LogStoreWorld): void {
  readContract(world);
  restoreContract(world);
  interruptedContract(world);
  countContract(world);
}

/** Columns that a store could change on the way: order of keys, large numbers, names of built-in properties, hostile text. */
const VARIED: readonly LogRecord[] = [
  record(1, { timestamp: second(1), level: 'ERROR', service: 'pay', source: '10.0.0.1', method: 'GET', path: '/a' }),
  record(3, {
    status: 503,
    responseTimeMs: 0.1 + 0.2,
    level: 'UNKNOWN',
    message: 'naïve café 日本語 \u{1f525} \ufffd',
  }),
  record(4, { fields: { zeta: 1, alpha: [{ b: null, a: 1e308 }], 10: 'ten', 2: 'two', '': false } }),
  record(5, { fields: { id: '12345678901234567890123', ratio: 1.7976931348623157e308, tiny: 5e-324 } }),
  record(6, {
    lineEnd: 1_005,
    fields: JSON.parse('{"__proto__": {"polluted": true}, "constructor": "c", "toString": 1}'),
  }),
  record(70_000, { timestamp: '0001-01-01T00:00:00.000Z', message: '' }),
  record(2_000_000_000, { timestamp: '9999-12-31T23:59:59.999Z', service: '', source: '', path: '' }),
];

function readContract(world: () => LogStoreWorld): void {
  test('a file is read as it was written, in the order of its lines', async () => {
    const fileId = await addFile(world(), VARIED.toReversed());
    await addFile(world(), [record(2, { message: 'of another file' })]);
    const read = await readAll(world().store, fileId);
    expect(read).toEqual(VARIED);
    // `toEqual` ignores the order of keys.
    expect(read.map(({ fields }) => JSON.stringify(fields))).toEqual(
      VARIED.map(({ fields }) => JSON.stringify(fields)),
    );
  });

  test('a long file is read in batches of at most 500 records', async () => {
    const records = Array.from({ length: 1_234 }, (_, at) => record(at + 1));
    const fileId = await addFile(world(), records, 400);
    const sizes: number[] = [];
    for await (const batch of world().store.read(fileId)) sizes.push(batch.length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(1_234);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(500);
    expect(await readAll(world().store, fileId)).toEqual(records);
  });

  test('a reader that is stopped reads no further batch', async () => {
    const fileId = await addFile(
      world(),
      Array.from({ length: 1_100 }, (_, at) => record(at + 1)),
      400,
    );
    const stop = new AbortController();
    const reading = (async () => {
      for await (const _ of world().store.read(fileId, stop.signal)) stop.abort(new Error('stopping'));
    })();
    await expect(reading).rejects.toThrow('stopping');
  });
}

function restoreContract(world: () => LogStoreWorld): void {
  test('a restored file replaces everything that the store had of it', async () => {
    const fileId = await addFile(world(), [record(1), record(2, { message: 'left over' }), record(9)]);
    const before = (await world().store.stats(EVERYTHING)).total_logs;
    const copy = (await world().beginCopy(fileId)) ?? 0;
    const records = [record(1, { message: 'copied', level: 'FATAL', timestamp: second(5), source: 'a' }), record(2)];
    await world().store.restore(fileId, copy, inBatches(records));
    expect(await readAll(world().store, fileId)).toEqual(records);
    expect((await search(world(), { q: 'copied', file_id: fileId })).total).toBe(1);
    expect((await search(world(), { q: '"left over"' })).total).toBe(0);
    const after = await world().store.stats({ level: ['FATAL'] });
    expect(after).toMatchObject({ total_logs: 1, top_sources: [{ source: 'a', count: 1 }] });
    expect((await world().store.stats(EVERYTHING)).total_logs).toBe(before - 1);
  });

  test('a copy that a later copy overtook rejects and changes nothing', async () => {
    const fileId = await addFile(world(), [record(1)]);
    const late = (await world().beginCopy(fileId)) ?? 0;
    const current = (await world().beginCopy(fileId)) ?? 0;
    const records = [record(1, { message: 'of the later copy' })];
    await world().store.restore(fileId, current, inBatches(records));
    const wrong = inBatches([record(1, { message: 'late' }), record(2)]);
    await expect(world().store.restore(fileId, late, wrong)).rejects.toThrow(IngestSuperseded);
    expect(await readAll(world().store, fileId)).toEqual(records);
  });

  test('an ingest that ended long ago cannot write into a copied file', async () => {
    const { fileId, attempt } = await world().beginFile();
    await world().store.write(fileId, attempt, inBatches([record(1)]));
    await world().publish(fileId, attempt, [record(1)]);
    const copy = (await world().beginCopy(fileId)) ?? 0;
    await world().store.restore(fileId, copy, inBatches([record(1)]));
    const late = world().store.write(fileId, attempt, inBatches([record(1, { message: 'late' }), record(2)]));
    await expect(late).rejects.toThrow(IngestSuperseded);
    expect(await messages(world(), { file_id: fileId })).toEqual(['line 1']);
  });
}

function interruptedContract(world: () => LogStoreWorld): void {
  test('a file that is deleted during its copy leaves nothing', async () => {
    const fileId = await addFile(world(), [record(1)]);
    const copy = (await world().beginCopy(fileId)) ?? 0;
    async function* deleted(): AsyncGenerator<LogRecord[]> {
      yield [record(1), record(2)];
      await world().hide(fileId);
      await world().store.remove(fileId);
      yield [record(3)];
    }
    await expect(world().store.restore(fileId, copy, deleted())).rejects.toThrow(IngestSuperseded);
    expect(await readAll(world().store, fileId)).toEqual([]);
    expect(await world().store.storedFiles(null, 10_000)).not.toContain(fileId);
    expect(await world().beginCopy(fileId)).toBe(null);
  });

  test('an error of the source is passed on, and the copy can be repeated', async () => {
    const fileId = await addFile(world(), [record(1), record(2)]);
    const damage = new Error('the source breaks off');
    async function* damaged() {
      yield [record(1)];
      throw damage;
    }
    await expect(world().store.restore(fileId, (await world().beginCopy(fileId)) ?? 0, damaged())).rejects.toBe(damage);
    const copy = (await world().beginCopy(fileId)) ?? 0;
    await world().store.restore(fileId, copy, inBatches([record(1), record(2)]));
    expect(await readAll(world().store, fileId)).toEqual([record(1), record(2)]);
  });
}

function countContract(world: () => LogStoreWorld): void {
  test('records are counted per file and level, visible or not', async () => {
    const one = await addFile(world(), [record(1), record(2, { level: 'ERROR' }), record(3, { level: 'ERROR' })]);
    const hidden = await addFile(world(), [record(1, { level: 'TRACE' })]);
    await world().hide(hidden);
    const none = '00000000-0000-4000-8000-000000000000';
    const counts = await world().store.countLevels([one, hidden, none]);
    expect(new Map(counts)).toEqual(
      new Map([
        [one, { INFO: 1, ERROR: 2 }],
        [hidden, { TRACE: 1 }],
      ]),
    );
    expect(new Map(await world().store.countLevels([]))).toEqual(new Map());
  });

  test('pages of stored files name each file once, in order', async () => {
    for (let at = 0; at < 4; at += 1) await addFile(world(), [record(1), record(2)]);
    const all = await world().store.storedFiles(null, 10_000);
    expect(all.length).toBeGreaterThanOrEqual(4);
    expect(all).toEqual([...new Set(all)].sort());
    const paged: string[] = [];
    for (let after: string | null = null; ; after = paged.at(-1) ?? null) {
      const page = await world().store.storedFiles(after, 3);
      paged.push(...page);
      if (page.length < 3) break;
    }
    expect(paged).toEqual(all);
  });
}
