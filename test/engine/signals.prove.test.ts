import { setTimeout as delay } from 'node:timers/promises';
import { startRedis } from '@pilotlight/stack';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Without } from './messages.ts';
import { type CacheProcess, type StartOptions, startCacheProcess } from './start-cache-process.ts';

const LEASE_MS = 1_000;

let cacheServer: Awaited<ReturnType<typeof startRedis>>;
let queueServer: Awaited<ReturnType<typeof startRedis>>;
/** Connection for inspecting the queue server and for letting its time pass. */
let queue: Redis;
beforeAll(async () => {
  [cacheServer, queueServer] = [await startRedis({ role: 'cache' }), await startRedis({ role: 'queue' })];
  queue = new Redis(queueServer.url);
});
afterAll(async () => {
  queue.disconnect();
  await Promise.all([cacheServer.stop(), queueServer.stop()]);
});

const started: CacheProcess[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((process) => process.kill()));
});
async function start(without?: Without, options: StartOptions = {}): Promise<CacheProcess> {
  const servers = { cacheUrl: cacheServer.url, queueUrl: queueServer.url };
  const process = await startCacheProcess(servers, { ...options, without });
  started.push(process);
  return process;
}

let keys = 0;
const newKey = () => `signals:${++keys}`;

/** Does what the server does when no process renews the lock of a key: expires it. */
async function fillLockRunsOut(key: string): Promise<void> {
  const locks = await queue.keys(`*:lock:${key}@*`);
  expect(locks).toHaveLength(1);
  for (const lock of locks) await queue.pexpire(lock, 1);
  await expect.poll(() => queue.exists(...locks)).toBe(0);
}

/**
 * Returns the applied position of each registered follower, highest first. The entry without a name is not a follower.
 */
async function register(): Promise<number[]> {
  const { '': _marker, ...followers } = await queue.hgetall('{pilotlight:log}:followers');
  return Object.values(followers)
    .map((follower) => Number(follower.split(':')[1]))
    .sort((a, b) => b - a);
}

describe('a process frozen during a load, past the time of its fill lock, while another writes', () => {
  /** Returns the values that readers get after it resumes: first from the frozen process, then from the other. */
  async function story(without?: Without): Promise<{ receipt: string; frozen: string[]; others: string[] }> {
    const [frozen, other] = [await start(without), await start(without)];
    const key = newKey();
    const reading = frozen.read(key);
    const load = await frozen.nextLoad();
    load.answer('old'); // The command is in transit while the process is stopped.
    frozen.signal('SIGSTOP');
    const receipt = await other.invalidate(key);
    other.origin = () => 'new';
    await fillLockRunsOut(key);
    const first = await other.read(key);
    frozen.origin = () => 'new';
    frozen.signal('SIGCONT');
    await reading;
    const afterwards = await frozen.read(key);
    const late = await start(without);
    late.origin = () => 'new';
    return {
      receipt,
      frozen: [...afterwards.values],
      others: [...first.values, ...(await other.read(key)).values, ...(await late.read(key)).values],
    };
  }

  test('does not bring the old answer back when it resumes', async () => {
    expect(await story()).toEqual({ receipt: 'applied', frozen: ['new'], others: ['new', 'new', 'new'] });
  });

  test('control: without the fence, it serves its old load', async () => {
    expect((await story('fence')).frozen).toEqual(['old']);
  });
});

describe('a process that was suspended during a write', () => {
  /** Returns its answer for a key in its memory, as its first action after it resumes. */
  async function story(without?: Without): Promise<readonly string[]> {
    const [sleeper, other] = [await start(without), await start(without)];
    const key = newKey();
    sleeper.origin = () => 'old';
    await sleeper.read(key);
    sleeper.signal('SIGSTOP');
    expect(await other.invalidate(key)).toBe('applied');
    sleeper.origin = () => 'new';
    // Sent before it resumes, so that the read is its first action.
    const reading = sleeper.read(key);
    sleeper.signal('SIGCONT');
    return (await reading).values;
  }

  test('serves no older answer, starting with its first read, 10 times of 10', async () => {
    for (let i = 0; i < 10; i++) expect(await story()).toEqual(['new']);
  });

  test('control: without the end of the lease, some first read is stale', async () => {
    const answers: string[] = [];
    for (let i = 0; i < 10 && !answers.includes('old'); i++) answers.push(...(await story('lease')));
    expect(answers).toContain('old');
  });
});

describe('a follower that is killed between two records', () => {
  /** Starts two followers that are alone in the register, past their first lease and up to date. */
  async function twoFollowers(without?: Without): Promise<{ killed: CacheProcess; other: CacheProcess; head: number }> {
    const [killed, other] = [await start(), await start(without)];
    const agree = async () => {
      expect(await killed.invalidate(newKey())).toBe('applied');
      const [one, two, ...more] = await register();
      return more.length === 0 && one === two;
    };
    await expect.poll(agree, { timeout: 30_000 }).toBe(true);
    const [head = 0] = await register();
    return { killed, other, head };
  }

  async function invalidate(process: CacheProcess): Promise<number> {
    const began = performance.now();
    expect(await process.invalidate(newKey())).toBe('applied');
    return performance.now() - began;
  }

  test('delays the next receipt until its lease ends, then is dropped and delays no other', async () => {
    const { killed, other, head } = await twoFollowers();
    await killed.kill();
    // It got its last lease before it was killed.
    expect(await invalidate(other)).toBeGreaterThanOrEqual(LEASE_MS);
    await expect.poll(register, { timeout: 30_000 }).toEqual([head + 1]);
    let later = 0;
    // A receipt that comes before the end of a lease.
    const isQuick = async () => {
      later++;
      return (await invalidate(other)) < LEASE_MS;
    };
    await expect.poll(isQuick).toBe(true);
    expect(await register()).toEqual([head + 1 + later]);
  });

  test('control: without the register, a receipt comes within its lease', async () => {
    const { killed, other, head } = await twoFollowers('register');
    await killed.kill();
    await expect.poll(async () => (await invalidate(other)) < LEASE_MS).toBe(true);
    expect(await register()).toContain(head);
  });
});

describe('a frozen cache server', () => {
  test('makes no reader wait forever or fail; a plain client waits until it thaws', async () => {
    const [one] = [await start()];
    one.origin = () => 'loaded';
    await one.read(newKey());
    const plain = new Redis(cacheServer.url, { lazyConnect: true });
    await plain.connect();
    cacheServer.kill('SIGSTOP');
    try {
      for (let i = 0; i < 20; i++) expect((await one.read(newKey())).values).toEqual(['loaded']);
      const answered = plain.get('x').then(() => 'answered');
      expect(await Promise.race([answered, delay(1_000, 'still waiting')])).toBe('still waiting');
    } finally {
      cacheServer.kill('SIGCONT');
      plain.disconnect();
    }
  });

  test('with the queue server frozen, reads are unverified and a write is pending', async () => {
    const one = await start();
    one.origin = () => 'loaded';
    queueServer.kill('SIGSTOP');
    try {
      await expect.poll(async () => (await one.read(newKey())).verified, { timeout: 30_000 }).toBe(false);
      expect(await one.invalidate(newKey())).toBe('pending');
    } finally {
      queueServer.kill('SIGCONT');
    }
    await expect.poll(async () => (await one.read(newKey())).verified, { timeout: 30_000 }).toBe(true);
  });
});

const sumOfLoads = (processes: readonly CacheProcess[]) => processes.reduce((sum, { loads }) => sum + loads, 0);

describe('readers of one cold key over four processes', () => {
  /** Returns the number of loads, at least `expected`. */
  async function loadsFor(readers: number, expected: number, without?: Without): Promise<number> {
    const processes = await Promise.all([1, 2, 3, 4].map(() => start(without, { patient: true })));
    for (const process of processes) {
      process.origin = () => 'warm';
      await expect.poll(async () => (await process.read(newKey())).verified).toBe(true);
      process.origin = null;
      process.loads = 0;
    }
    const key = newKey();
    const reading = processes.map((process) => process.read(key, readers / 4));
    await expect.poll(() => sumOfLoads(processes), { timeout: 30_000 }).toBeGreaterThanOrEqual(expected);
    await delay(500); // Any other load would have started by now.
    for (const process of processes) {
      process.origin = () => 'loaded';
      for (const asked of process.asked.splice(0)) asked.answer('loaded');
    }
    for (const { values } of await Promise.all(reading)) expect(values).toEqual(['loaded']);
    return sumOfLoads(processes);
  }

  test.each([100, 1_000, 10_000])('%d of them cause one load', async (readers) => {
    expect(await loadsFor(readers, 1)).toBe(1);
  });

  test('control: without the fill lock each process loads', async () => {
    expect(await loadsFor(100, 4, 'fill lock')).toBe(4);
  });
});
