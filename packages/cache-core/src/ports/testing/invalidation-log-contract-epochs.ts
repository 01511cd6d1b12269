import { expect, test } from 'vitest';
import { LOG_PARTS } from '../invalidation-log.ts';
import { type LogUnderTest, record } from './log-under-test.ts';

/** When an invalidation log begins an epoch, and the effect on the earlier one. */
export function epochsContract(server: () => LogUnderTest): void {
  begins(server);
  losesParts(server);
  numbers(server);
}

function begins(server: () => LogUnderTest): void {
  test('a log that vanished begins a later epoch, without followers, records or hits', async () => {
    const { one, other } = await server().open();
    const { epoch } = await one.append(record(['p:a'], { eventId: 'before' }));
    await one.renew({ id: 'f', epoch, applied: 1, leaseMs: 1_000 });
    await server().flushAll();
    const renewal = await other.renew({ id: 'g', epoch, applied: 1, leaseMs: 1_000 });
    expect(renewal.epoch).toBeGreaterThan(epoch);
    expect(renewal).toMatchObject({ head: 0, wasRegistered: false });
    expect(await one.register(epoch)).toBeNull();
    expect([...((await one.register(renewal.epoch))?.keys() ?? [])]).toEqual(['g']);
    expect(await one.snapshot(0)).toEqual({ epoch: renewal.epoch, head: 0, floor: 0, lastHits: [] });
    // The event belongs to an earlier epoch, so its invalidation has to be applied again.
    expect(await one.append(record(['p:a'], { eventId: 'before' }))).toEqual({
      epoch: renewal.epoch,
      position: 1,
      followers: await one.register(renewal.epoch),
    });
  });

  test('a restarted server begins a later epoch, even on the same data', async () => {
    const { one } = await server().open();
    const { epoch } = await one.append(record(['p:a'], { eventId: 'before' }));
    await server().restart();
    const again = await one.append(record(['p:a'], { eventId: 'before' }));
    expect(again.epoch).toBeGreaterThan(epoch);
    expect(again.position).toBe(1);
  });

  test('a log whose head is below an applied position begins a later epoch', async () => {
    const { one, other } = await server().open();
    const { epoch } = await one.append(record(['p:a']));
    expect(await one.renew({ id: 'f', epoch, applied: 1, leaseMs: 1_000 })).toMatchObject({ epoch });
    const renewal = await other.renew({ id: 'g', epoch, applied: 2, leaseMs: 1_000 });
    expect(renewal.epoch).toBeGreaterThan(epoch);
    expect(renewal).toMatchObject({ head: 0, wasRegistered: false });
    expect(await one.snapshot(0)).toEqual({ epoch: renewal.epoch, head: 0, floor: 0, lastHits: [] });
  });

  test('a report about an ended epoch changes nothing in the next', async () => {
    const { one } = await server().open();
    const { epoch } = await one.renew({ id: 'f', epoch: 0, applied: 0, leaseMs: 1_000 });
    await server().flushAll();
    const { epoch: next } = await one.renew({ id: 'f', epoch, applied: 9, leaseMs: 1_000 });
    await one.publishApplied({ id: 'f', epoch, applied: 9 });
    await one.drop('f', epoch, 1);
    await one.leave('f', epoch);
    expect((await one.register(next))?.get('f')?.applied).toBe(-1);
  });
}

function losesParts(server: () => LogUnderTest): void {
  const everyKind = ['p:a', 't:tag', 's:["stats",{"levels":["ERROR"]}]', 'k:files:a:1'];

  test.for(LOG_PARTS)('a log that lost its %s begins a later epoch at the first request of any kind', async (part) => {
    const { one, other } = await server().open();
    const asks = {
      append: (known: number) => one.append(record(['p:b'], { knownEpoch: known })),
      renew: (known: number) => one.renew({ id: 'f', epoch: known, applied: 0, leaseMs: 1_000 }),
      snapshot: (known: number) => one.snapshot(known),
    };
    for (const ask of Object.values(asks)) {
      const { epoch } = await other.append(record(everyKind));
      await other.renew({ id: 'g', epoch, applied: 0, leaseMs: 1_000 });
      await server().lose(part);
      const next = await ask(epoch);
      expect(next.epoch).toBeGreaterThan(epoch);
      expect((await one.register(next.epoch))?.has('g')).toBe(false);
    }
    const { epoch } = await other.append(record(everyKind));
    await server().lose(part);
    expect(await one.register(epoch)).toBeNull();
  });

  test('a complete log stays in its epoch when the last follower has left', async () => {
    const { one } = await server().open();
    const { epoch } = await one.append(record(everyKind));
    await one.renew({ id: 'f', epoch, applied: 0, leaseMs: 1_000 });
    await one.leave('f', epoch);
    expect(await one.register(epoch)).toEqual(new Map());
    expect(await one.snapshot(epoch)).toMatchObject({ epoch, head: 1 });
  });
}

function numbers(server: () => LogUnderTest): void {
  test('a caller that knows a later epoch moves the log past it, and epochs never fall', async () => {
    const { one, other } = await server().open();
    const { epoch } = await one.append(record(['p:a']));
    const ahead = epoch + 1_000_000;
    const lifted = await other.renew({ id: 'f', epoch: ahead, applied: 3, leaseMs: 1_000 });
    expect(lifted.epoch).toBeGreaterThan(ahead);
    expect((await one.append(record(['p:a'], { knownEpoch: 0 }))).epoch).toBe(lifted.epoch);
    await server().flushAll();
    expect((await one.snapshot(lifted.epoch)).epoch).toBeGreaterThan(lifted.epoch);
  });

  test('no epoch repeats, even if the data is lost and the clock is behind the known epochs', async () => {
    const { one, other } = await server().open();
    const { epoch } = await one.renew({ id: 'f', epoch: 0, applied: 0, leaseMs: 1_000 });
    const ahead = epoch + 2 ** 40; // past the clock, as after the clock was set back
    const given = new Set<number>();
    for (let i = 0; i < 8; i++) {
      await server().flushAll();
      given.add((await (i % 2 ? one : other).renew({ id: 'f', epoch: ahead, applied: 0, leaseMs: 1_000 })).epoch);
    }
    expect(given.size).toBe(8);
    for (const next of given) expect(next > ahead && Number.isSafeInteger(next)).toBe(true);
  });

  test('epochs rise with the clock, also for callers that know no earlier one', async () => {
    const { one } = await server().open();
    const { epoch } = await one.snapshot(0);
    await server().through(one.waitAfter(epoch, 0)); // no record arrives, so a few seconds pass
    await server().flushAll();
    const next = await one.snapshot(0);
    expect(next.epoch).toBeGreaterThan(epoch);
    expect([epoch, next.epoch].every(Number.isSafeInteger)).toBe(true);
  });
}
