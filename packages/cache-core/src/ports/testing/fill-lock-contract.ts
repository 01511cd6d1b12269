import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FillLock, FillLockAttempt } from '../fill-lock.ts';

/** Locks as two processes see them. */
export interface FillLockUnderTest {
  readonly one: FillLock;
  readonly other: FillLock;
  /** Stops the process of `one` without a release, as a kill does. */
  killOne(): Promise<void>;
  /** Returns the number of refused acquires of both processes that listen for a release. */
  listeners(): number;
  /** Removes every lock from the server, as their expiry does. */
  loseAll(): Promise<void>;
  freeze(): void;
  thaw(): Promise<void>;
  through<Result>(promise: Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

/** The tests that every implementation of `FillLock` passes. */
export function fillLockContract(name: string, start: () => Promise<FillLockUnderTest>): void {
  describe(name, () => {
    let locks: FillLockUnderTest;
    beforeAll(async () => {
      locks = await start();
    });
    afterAll(() => locks.close());
    acquires(() => locks);
    listeners(() => locks);
    looks(() => locks);
    unheld(() => locks);
    losses(() => locks);
    failures(() => locks);
  });
}

function acquires(locks: () => FillLockUnderTest): void {
  test('given concurrent acquires, one holds the lock; each name is a separate lock', async () => {
    const { one, other } = locks();
    const taken = await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 ? one : other).acquire('many')));
    expect(taken.filter(({ held }) => held)).toHaveLength(1);
    const elsewhere = await other.acquire('elsewhere');
    expect(elsewhere.held).toBe(true);
    await Promise.all([...taken, elsewhere].map((attempt) => giveBack(locks(), attempt)));
  });

  test('a release wakes a waiter before its timeout, and the waiter can acquire the lock', async () => {
    const { one, other, through } = locks();
    const held = await one.acquire('woken');
    const waiting = await other.acquire('woken');
    if (!held.held || waiting.held) throw new Error('expected one to hold the lock and the other to wait');
    const ended = waiting.ended(3_600_000);
    await held.release();
    await through(ended);
    const next = await other.acquire('woken');
    expect(next.held).toBe(true);
    await giveBack(locks(), next);
  });

  test('a release between a refused acquire and its wait is not missed', async () => {
    const { one, other, through } = locks();
    const held = await one.acquire('between');
    const waiting = await other.acquire('between');
    if (!held.held || waiting.held) throw new Error('expected one to hold the lock and the other to wait');
    await held.release();
    await through(waiting.ended(3_600_000));
    expect(await one.isHeld('between')).toBe(false);
  });

  test('a waiter returns false at its timeout', async () => {
    const { one, other, through } = locks();
    const held = await one.acquire('time');
    const waiting = await other.acquire('time');
    if (waiting.held) throw new Error('expected to wait');
    await through(waiting.ended(30));
    expect(await one.isHeld('time')).toBe(true);
    await giveBack(locks(), held);
  });
}

function listeners(locks: () => FillLockUnderTest): void {
  test('a refused acquire listens until its wait has ended or until it leaves', async () => {
    const { one, other, through } = locks();
    const before = locks().listeners();
    const held = await one.acquire('heard');
    const waiting = await Promise.all([1, 2, 3, 4].map(() => other.acquire('heard')));
    const [slow, left, woken, late] = waiting.flatMap((attempt) => (attempt.held ? [] : attempt));
    if (!held.held || !slow || !left || !woken || !late) throw new Error('expected one to hold the lock');
    expect(locks().listeners() - before).toBe(4);
    await through(slow.ended(30));
    left.leave();
    expect(locks().listeners() - before).toBe(2);
    const ended = woken.ended(3_600_000);
    await through(held.release());
    await through(ended);
    late.leave();
    expect(locks().listeners() - before).toBe(0);
  });
}

function looks(locks: () => FillLockUnderTest): void {
  test('isHeld returns true for every process from the acquire to the release', async () => {
    const { one, other } = locks();
    const seen = async () => [await one.isHeld('seen'), await other.isHeld('seen')];
    expect(await seen()).toEqual([false, false]);
    const held = await one.acquire('seen');
    expect(await seen()).toEqual([true, true]);
    expect(await other.isHeld('unseen')).toBe(false);
    await giveBack(locks(), held);
    expect(await seen()).toEqual([false, false]);
  });
}

function unheld(locks: () => FillLockUnderTest): void {
  test('after a release by another process, an acquire says that the lock was held a moment ago', async () => {
    const { one, other, through } = locks();
    const held = await one.acquire('recent');
    if (!held.held) throw new Error('expected to hold the lock');
    await through(held.release());
    const next = await other.acquire('recent');
    expect(next.held && (next.unheldForMs ?? 0)).toBe(0);
    await giveBack(locks(), next);
  });
}

function losses(locks: () => FillLockUnderTest): void {
  test('an expired lock that another process holds is not released by its first holder', async () => {
    const { one, other, through } = locks();
    const first = await one.acquire('lost');
    await locks().loseAll();
    const second = await other.acquire('lost');
    if (!first.held || !second.held) throw new Error('expected each to hold the lock in its turn');
    await through(first.release());
    expect(await other.isHeld('lost')).toBe(true);
    await through(second.release());
    expect(await other.isHeld('lost')).toBe(false);
  });
}

function failures(locks: () => FillLockUnderTest): void {
  test('given a server that never answers, acquire and release end in bounded time', async () => {
    const { one, through } = locks();
    const held = await one.acquire('frozen');
    if (!held.held) throw new Error('expected to hold the lock');
    const before = locks().listeners();
    locks().freeze();
    const [asked, looked, given] = await through(
      Promise.allSettled([one.acquire('asked'), one.isHeld('asked'), held.release()]),
    );
    const heard = locks().listeners();
    await locks().thaw();
    expect(heard).toBe(before);
    expect(asked).toMatchObject({ status: 'rejected', reason: { code: 'UNREACHABLE' } });
    expect(looked).toMatchObject({ status: 'rejected', reason: { code: 'UNREACHABLE' } });
    expect(given.status).toBeDefined();
  });

  test('given a holder that dies, a waiter gets the lock within seconds', async () => {
    const { one, other, through } = locks();
    expect((await one.acquire('dead')).held).toBe(true);
    await locks().killOne();
    const attempt = await through(
      (async () => {
        for (;;) {
          const next = await other.acquire('dead');
          if (next.held) return next;
          await next.ended(250);
        }
      })(),
    );
    await giveBack(locks(), attempt);
  });
}

async function giveBack({ through }: FillLockUnderTest, attempt: FillLockAttempt): Promise<void> {
  if (attempt.held) await through(attempt.release());
  else await through(attempt.ended(1));
}
