import { request } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FaultSystem, type Member, startFaultSystem } from './system/fault-system.ts';

let system: FaultSystem;
beforeAll(async () => {
  system = await startFaultSystem({ apis: 2, workers: 1 });
});
afterAll(() => system.stop());

/** Minimum number of writes. */
const TRIES = 20;
/** Minimum number of writes that a read without a position has to miss, so that the test proves something. */
const MIN_MISSED = 3;
/** The relay may apply a pending write before the read. More writes are then tried, until enough of them are missed. */
const MAX_TRIES = 200;

interface ListRead {
  readonly ids: readonly string[];
  readonly cacheStatus: string;
}

async function readList({ slot }: Member, position?: string): Promise<ListRead> {
  const headers = position === undefined ? {} : { 'cache-position': position };
  const answer = await request(`${slot.url}/api/files`, { headers });
  expect(answer.statusCode).toBe(200);
  const { files } = (await answer.body.json()) as { files: { id: string }[] };
  return { ids: files.map(({ id }) => id), cacheStatus: String(answer.headers['cache-status']) };
}

async function upload({ slot }: Member, n: number) {
  const body = new FormData();
  body.append('file', new Blob([`2026-01-01 00:00:00 INFO app: own ${n}\n`]), `own-${n}.log`);
  const answer = await fetch(`${slot.url}/api/upload`, { method: 'POST', body });
  const { file, invalidation } = (await answer.json()) as {
    file: { id: string };
    invalidation: { state: 'applied' | 'pending' };
  };
  return { id: file.id, state: invalidation.state, position: answer.headers.get('cache-position') ?? '' };
}

/**
 * Writes over one api and reads over the other, first without and then with the position of the write. Returns for each write
 * whether the two reads showed it.
 */
async function writeAndRead(writer: Member, reader: Member, state: 'applied' | 'pending') {
  const seen: { without: ListRead; own: ListRead; bare: ListRead; id: string }[] = [];
  let missed = 0;
  for (let n = 0; n < TRIES || (missed < MIN_MISSED && n < MAX_TRIES); n++) {
    await readList(reader); // the answer before the write is in its memory
    const written = await upload(writer, n);
    expect([written.state, written.position === 'pending']).toEqual([state, state === 'pending']);
    const without = await readList(reader);
    const [bare] = written.position.split(';');
    const own = await readList(reader, written.position);
    seen.push({ without, own, bare: await readList(reader, bare), id: written.id });
    if (!without.ids.includes(written.id)) missed++;
  }
  return seen;
}

function membersOf(): [Member, Member] {
  const [first, second] = system.apis;
  if (!first || !second) throw new Error(`expected two apis, got ${system.apis.length}`);
  return [first, second];
}

/** Cuts an api off from the log, and waits until its answers say so. */
async function cutOff(member: Member): Promise<void> {
  member.links.queue.forward({ kind: 'blackhole' });
  await expect.poll(async () => (await readList(member)).cacheStatus).toContain('detail=unverified');
}

async function mend(member: Member): Promise<void> {
  member.links.queue.forward({ kind: 'open' });
  await expect.poll(async () => (await readList(member)).cacheStatus).not.toContain('detail=unverified');
}

test('an api cut off from the log shows the write whose position a read has; control: without one it misses some', async () => {
  const [writer, reader] = membersOf();
  await cutOff(reader);
  const seen = await writeAndRead(writer, reader, 'applied');
  await mend(reader);
  expect(seen.filter(({ own, bare, id }) => ![own, bare].every(({ ids }) => ids.includes(id)))).toEqual([]);
  expect(seen.filter(({ without, id }) => !without.ids.includes(id)).length).toBeGreaterThanOrEqual(MIN_MISSED);
});

test('a client whose write is pending reads it on both apis; control: without its position it misses some', async () => {
  const [writer, reader] = membersOf();
  await readList(reader);
  await cutOff(writer);
  const seen = await writeAndRead(writer, reader, 'pending');
  const { id, position } = await upload(writer, MAX_TRIES);
  expect((await readList(writer, position)).ids).toContain(id);
  await mend(writer);
  expect(seen.filter(({ own, bare, id }) => ![own, bare].every(({ ids }) => ids.includes(id)))).toEqual([]);
  expect(seen.filter(({ without, id }) => !without.ids.includes(id)).length).toBeGreaterThanOrEqual(MIN_MISSED);
});

test('an api that is connected again answers a read with a position from its cache', async () => {
  const [writer, reader] = membersOf();
  const { position } = await upload(writer, MAX_TRIES + 1);
  // The end of its ingest invalidates the list once more.
  await expect.poll(async () => (await readList(reader, position)).cacheStatus).toContain('; hit');
});
