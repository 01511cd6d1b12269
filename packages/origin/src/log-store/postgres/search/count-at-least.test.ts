import { searchBodySchema } from '@pilotlight/contracts';
import { expect, test } from 'vitest';
import { addFile, inBatches, record } from '../../testing/world.ts';
import { openPostgresWorld } from '../testing/postgres-world.ts';
import { countAtLeast } from './count-at-least.ts';

async function openWorld() {
  const world = await openPostgresWorld();
  const atLeast = (body: object): Promise<number> =>
    world.reads.snapshot((statements) => countAtLeast(statements, searchBodySchema.parse(body)));
  return { ...world, atLeast };
}

/** Builds records of which `withWord` have the word, twice each. */
function records(withWord: number, others = 30) {
  return Array.from({ length: withWord + others }, (_, index) =>
    record(index + 1, { message: index < withWord ? `Alpha beta alpha ${index}` : `gamma ${100_000 + index}` }),
  );
}

test('the records of a common word are counted ahead, per record and for visible files only', async () => {
  const { atLeast, ...world } = await openWorld();
  const first = await addFile(world, records(120), 50);
  const second = await addFile(world, records(230), 50);
  expect(await atLeast({ q: 'alpha' })).toBe(350);
  expect(await atLeast({ q: 'ALPHA', file_id: first })).toBe(120);
  await world.hide(first);
  expect(await atLeast({ q: 'alpha' })).toBe(230);
  await world.hide(second);
  await world.store.remove(second);
  expect(await atLeast({ q: 'alpha' })).toBe(0);
});

test('a second attempt at a file replaces the counts of the first one', async () => {
  const { atLeast, ...world } = await openWorld();
  const { fileId, attempt } = await world.beginFile();
  await world.store.write(fileId, attempt, inBatches(records(300), 100));
  const again = await world.beginAgain(fileId);
  await world.store.write(fileId, again, inBatches(records(110), 100));
  expect(await atLeast({ q: 'alpha' })).toBe(0);
  await world.publish(fileId, again, records(110));
  expect(await atLeast({ q: 'alpha' })).toBe(110);
});

test('the records of services and levels are counted ahead, for visible files only', async () => {
  const { atLeast, ...world } = await openWorld();
  const of = (service: string, level: 'INFO' | 'ERROR', count: number) =>
    Array.from({ length: count }, () => ({ service, level }));
  const addAll = (parts: ReturnType<typeof of>) =>
    addFile(
      world,
      parts.map((part, index) => record(index + 1, part)),
      50,
    );
  const first = await addAll([...of('shop', 'INFO', 5), ...of('shop', 'ERROR', 2), ...of('cart', 'ERROR', 4)]);
  const second = await addAll(of('shop', 'ERROR', 8));
  expect(await atLeast({ service: 'shop' })).toBe(15);
  expect(await atLeast({ level: 'ERROR' })).toBe(14);
  expect(await atLeast({ level: ['INFO', 'ERROR'], service: 'shop', file_id: first })).toBe(7);
  expect(await atLeast({ file_id: second })).toBe(8);
  await world.hide(second);
  expect(await atLeast({ level: 'ERROR' })).toBe(6);
});

test.for([
  { q: 'alpha beta' },
  { q: '"alpha beta"' },
  { q: 'alpha OR gamma' },
  { q: '-alpha' },
  { q: 'alph*' },
  { q: 'alpha level:error' },
  { q: 'NOT (alpha level:error)' },
  { q: 'alpha', level: 'INFO' },
  { q: 'alpha', service: 'shop' },
  { q: 'alpha', from: '2020-01-01T00:00:00Z' },
  { q: '100149' },
  { q: 'gamma' },
  { from: '2020-01-01T00:00:00Z' },
  { service: 'shop', to: '2020-01-01T00:00:00Z' },
])('no count is known ahead for %j', async (body) => {
  const { atLeast, ...world } = await openWorld();
  await addFile(world, records(120), 50);
  expect(await atLeast({ q: 'alpha' })).toBe(120);
  expect(await atLeast(body)).toBe(0);
});
