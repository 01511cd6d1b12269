import { expect, test } from 'vitest';
import { IngestSuperseded } from '../../errors.ts';
import { addFile, EVERYTHING, inBatches, type LogStoreWorld, messages, record, search } from './world.ts';

/** Tests when records become visible, and that writing twice duplicates nothing. */
export function visibilityContract(world: () => LogStoreWorld): void {
  wholeFileContract(world);
  fencingContract(world);
  removalContract(world);
}

async function totals(world: LogStoreWorld): Promise<number[]> {
  return [
    (await search(world)).total,
    (await search(world, { q: 'line' })).total,
    (await world.store.stats(EVERYTHING)).total_logs,
  ];
}

function wholeFileContract(world: () => LogStoreWorld): void {
  test('a file is visible only while its row says indexed', async () => {
    const records = [record(1), record(2), record(3), record(4)];
    const { fileId, attempt } = await world().beginFile();
    await world().store.write(fileId, attempt, inBatches(records));
    expect(await totals(world())).toEqual([0, 0, 0]);
    expect(await messages(world(), { file_id: fileId })).toEqual([]);
    await world().publish(fileId, attempt, records);
    expect(await totals(world())).toEqual([4, 4, 4]);
    await world().hide(fileId);
    expect(await totals(world())).toEqual([0, 0, 0]);
    expect(await messages(world(), { file_id: fileId })).toEqual([]);
    await world().store.remove(fileId);
    expect(await totals(world())).toEqual([0, 0, 0]);
  });

  test('a second attempt replaces the records of the first', async () => {
    const { fileId, attempt } = await world().beginFile();
    await world().store.write(fileId, attempt, inBatches([record(1), record(2), record(3), record(99)]));
    const again = await world().beginAgain(fileId);
    const records = [record(1, { message: 'line one' }), record(2, { message: 'line two' })];
    await world().store.write(fileId, again, inBatches(records));
    await world().publish(fileId, again, records);
    expect((await messages(world(), { file_id: fileId })).sort()).toEqual(['line one', 'line two']);
    expect(await totals(world())).toEqual([2, 2, 2]);
  });
}

function fencingContract(world: () => LogStoreWorld): void {
  test('an attempt superseded in mid-write rejects with IngestSuperseded and adds nothing more', async () => {
    const { fileId, attempt } = await world().beginFile();
    let again = 0;
    async function* overtaken() {
      yield [record(1), record(2)];
      again = await world().beginAgain(fileId);
      yield [record(3)];
    }
    await expect(world().store.write(fileId, attempt, overtaken())).rejects.toThrow(IngestSuperseded);
    const records = [record(1, { message: 'line of the second' })];
    await world().store.write(fileId, again, inBatches(records));
    await expect(world().store.write(fileId, attempt, inBatches([record(2)]))).rejects.toThrow(IngestSuperseded);
    await world().publish(fileId, again, records);
    expect(await messages(world(), { file_id: fileId })).toEqual(['line of the second']);
  });

  test('deleting a file in mid-write ends the write', async () => {
    const { fileId, attempt } = await world().beginFile();
    async function* deleted() {
      yield [record(1)];
      await world().hide(fileId);
      yield [record(2)];
    }
    await expect(world().store.write(fileId, attempt, deleted())).rejects.toThrow(IngestSuperseded);
  });
}

function removalContract(world: () => LogStoreWorld): void {
  test('an error of the reader is passed on unchanged', async () => {
    const { fileId, attempt } = await world().beginFile();
    const damage = new Error('the file breaks off');
    async function* damaged() {
      yield [record(1)];
      throw damage;
    }
    await expect(world().store.write(fileId, attempt, damaged())).rejects.toBe(damage);
  });

  test('a removal can be repeated, resumed and stopped', async () => {
    const fileId = await addFile(world(), [record(1), record(5), record(12_345)]);
    await world().hide(fileId);
    const stop = AbortSignal.abort(new Error('stopping'));
    await expect(world().store.remove(fileId, stop)).rejects.toThrow('stopping');
    await world().store.remove(fileId);
    await world().store.remove(fileId);
  });
}
