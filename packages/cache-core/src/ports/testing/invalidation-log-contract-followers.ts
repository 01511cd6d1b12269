import { expect, test, vi } from 'vitest';
import type { AppliedByAll, InvalidationLog } from '../invalidation-log.ts';
import { type LogUnderTest, record } from './log-under-test.ts';

const SOON = { timeout: 30_000, interval: 20 };

/** The register: the followers of the log, and how far each has applied it. */
export function followersContract(server: () => LogUnderTest): void {
  knowsFollowers(server);
  provesPositions(server);
  dropsFollowers(server);
}

function knowsFollowers(server: () => LogUnderTest): void {
  test('a renewal registers, returns the head, and reports whether the register knew the follower', async () => {
    const { one, other } = await server().open();
    const { epoch } = await other.append(record(['p:a']));
    expect(await one.renew({ id: 'f', epoch: 0, applied: 0, leaseMs: 1_000 })).toEqual({
      epoch,
      head: 1,
      wasRegistered: false,
    });
    expect(await one.renew({ id: 'f', epoch, applied: 1, leaseMs: 1_000 })).toEqual({
      epoch,
      head: 1,
      wasRegistered: true,
    });
    expect((await other.register(epoch))?.get('f')?.applied).toBe(1);
  });

  test("the register stores each follower's lease, also after it reports an applied position", async () => {
    const { one, other } = await server().open();
    const { epoch } = await one.append(record(['p:a']));
    await one.renew({ id: 'f', epoch, applied: 0, leaseMs: 300 });
    await other.renew({ id: 'g', epoch, applied: 0, leaseMs: 1_000 });
    await one.publishApplied({ id: 'f', epoch, applied: 1 });
    const register = await one.register(epoch);
    expect(register?.get('f')).toMatchObject({ leaseMs: 300, applied: 1 });
    expect(register?.get('g')).toMatchObject({ leaseMs: 1_000, applied: 0 });
  });

  test('positions of an earlier epoch do not count, and an applied position never decreases', async () => {
    const { one } = await server().open();
    const { epoch } = await one.renew({ id: 'f', epoch: 0, applied: 17, leaseMs: 1_000 });
    expect((await one.register(epoch))?.get('f')?.applied).toBe(-1);
    for (let i = 0; i < 5; i++) await one.append(record(['p:a']));
    await one.publishApplied({ id: 'f', epoch, applied: 5 });
    await one.publishApplied({ id: 'f', epoch, applied: 4 });
    await one.renew({ id: 'f', epoch, applied: 3, leaseMs: 1_000 });
    expect((await one.register(epoch))?.get('f')?.applied).toBe(5);
  });

  test('reporting an applied position does not register a follower', async () => {
    const { one } = await server().open();
    const { epoch } = await one.append(record(['p:a']));
    await one.publishApplied({ id: 'ghost', epoch, applied: 1 });
    expect(await one.register(epoch)).toEqual(new Map());
  });
}

function provesPositions(server: () => LogUnderTest): void {
  test('an append returns the followers of the register, also when it is repeated', async () => {
    const { one, other } = await server().open();
    const { epoch } = await one.renew({ id: 'f', epoch: 0, applied: 0, leaseMs: 300 });
    await one.publishApplied({ id: 'f', epoch, applied: 0 });
    const event = record(['p:a']);
    const { position, followers } = await other.append(event);
    expect(followers).toEqual(await one.register(epoch));
    expect(followers.get('f')).toMatchObject({ applied: 0, leaseMs: 300 });
    await one.publishApplied({ id: 'f', epoch, applied: position });
    expect((await one.append(event)).followers.get('f')).toMatchObject({ applied: position });
  });

  test('appenders are notified when the last follower has applied', async () => {
    const { one, other } = await server().open();
    const { epoch } = await one.renew({ id: 'f', epoch: 0, applied: 0, leaseMs: 1_000 });
    await other.renew({ id: 'g', epoch, applied: 0, leaseMs: 1_000 });
    const { position } = await one.append(record(['p:a']));
    await other.publishApplied({ id: 'f', epoch, applied: position });
    const proof = await hearing(one, () => other.publishApplied({ id: 'g', epoch, applied: position }));
    expect(proof && { ...proof, followers: [...proof.followers].sort() }).toEqual({
      epoch,
      position,
      followers: ['f', 'g'],
    });
  });

  test('a report proves nothing while another follower is behind it', async () => {
    const { one, other } = await server().open();
    const { epoch } = await one.renew({ id: 'f', epoch: 0, applied: 0, leaseMs: 1_000 });
    await other.renew({ id: 'g', epoch, applied: 0, leaseMs: 1_000 });
    for (let i = 0; i < 3; i++) await one.append(record(['p:a']));
    await other.publishApplied({ id: 'f', epoch, applied: 1 });
    await hearing(one, () => other.publishApplied({ id: 'g', epoch, applied: 1 }));
    const heard: unknown[] = [];
    const stop = one.onApplied((proof) => proof?.position !== 1 && heard.push(proof?.position));
    await other.publishApplied({ id: 'f', epoch, applied: 3 });
    await other.publishApplied({ id: 'g', epoch, applied: 2 });
    await other.publishApplied({ id: 'g', epoch, applied: 3 });
    await vi.waitFor(() => expect(heard).toContain(3), SOON);
    stop();
    expect(heard).toEqual([2, 3]);
  });
}

function dropsFollowers(server: () => LogUnderTest): void {
  test('a follower is dropped only if it has not renewed since', async () => {
    const { one, other } = await server().open();
    const { epoch } = await one.renew({ id: 'f', epoch: 0, applied: 0, leaseMs: 1_000 });
    const seen = (await other.register(epoch))?.get('f')?.renewals ?? -1;
    await one.renew({ id: 'f', epoch, applied: 0, leaseMs: 1_000 });
    await other.drop('f', epoch, seen);
    const again = (await other.register(epoch))?.get('f');
    expect(again?.renewals).toBeGreaterThan(seen);
    await other.drop('f', epoch, again?.renewals ?? -1);
    expect(await other.register(epoch)).toEqual(new Map());
    expect(await one.renew({ id: 'f', epoch, applied: 0, leaseMs: 1_000 })).toMatchObject({ wasRegistered: false });
  });

  test('a follower that registered again is not dropped by an older observation', async () => {
    const { one, other } = await server().open();
    const { epoch } = await one.renew({ id: 'f', epoch: 0, applied: 0, leaseMs: 1_000 });
    const seen = (await other.register(epoch))?.get('f')?.renewals ?? -1;
    await other.drop('f', epoch, seen);
    await one.renew({ id: 'f', epoch, applied: 0, leaseMs: 1_000 });
    await other.drop('f', epoch, seen);
    expect((await other.register(epoch))?.has('f')).toBe(true);
  });

  test('receipts do not wait for a follower that has left', async () => {
    const { one, other } = await server().open();
    const { epoch } = await one.renew({ id: 'f', epoch: 0, applied: 0, leaseMs: 1_000 });
    await one.leave('f', epoch);
    expect(await other.register(epoch)).toEqual(new Map());
  });
}

/** Returns what `log` passed to its listener. `notify` is repeated, because a notification can be lost. */
async function hearing(log: InvalidationLog, notify: () => Promise<void>): Promise<AppliedByAll | undefined> {
  const heard: (AppliedByAll | undefined)[] = [];
  const stop = log.onApplied((proof) => heard.push(proof));
  await vi.waitFor(async () => {
    await notify();
    expect(heard.length).toBeGreaterThan(0);
  }, SOON);
  stop();
  return heard[0];
}
