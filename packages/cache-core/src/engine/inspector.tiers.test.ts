import { describe, expect, test } from 'vitest';
import type { SimulatedProcess, SimulatedWorld } from '../testing/index.ts';
import { inspectedProcesses, KEY } from './testing/inspected-processes.ts';

let world: SimulatedWorld;
let one: SimulatedProcess;
let other: SimulatedProcess;
const { inspect, read } = inspectedProcesses((begun) => {
  ({ world, one, other } = begun);
});

describe('inspect, given a tier', () => {
  test('that is switched off, shows it as off and the next read skips it', async () => {
    await read(one);
    one.cache.switchTier('memory', false);
    expect(await inspect()).toMatchObject({
      memory: { state: 'fresh' },
      tiers: { memory: 'off' },
      next: { outcome: 'hit', tier: 'redis' },
    });
    one.cache.switchTier('redis', false, 'stats');
    expect(await inspect()).toMatchObject({
      shared: { state: 'fresh' },
      tiers: { memory: 'off', redis: { offFor: ['stats'] } },
      next: { outcome: 'miss', reason: 'absent' },
    });
  });

  test('with damaged bytes, says why they are not used and leaves them stored', async () => {
    await read(other);
    const bytes = world.shared.read(KEY) ?? Buffer.alloc(0);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    world.shared.write(KEY, bytes);
    const { shared, next } = await inspect(one);
    expect(shared).toMatch(/^not used: .+ \(damaged\)$/);
    expect(next).toMatchObject({ outcome: 'miss', reason: 'absent' });
    expect(world.shared.read(KEY)).toEqual(bytes);
  });

  test.each(['reject', 'hang'] as const)('that does not answer (%s), reports the other parts', async (how) => {
    await read(one);
    world.shared.fail(how);
    expect(await inspect()).toMatchObject({
      memory: { state: 'fresh' },
      shared: expect.stringMatching(/^unknown: the cache server can't be reached/),
      next: { outcome: 'hit', tier: 'memory' },
    });
  });

  test('that fails for another reason, throws its error', async () => {
    const broken = () => Promise.reject(new TypeError('not a function'));
    const { shared, lock } = world;
    for (const ports of [
      { shared: Object.assign(shared.connect(), { get: broken }) },
      { shared: Object.assign(shared.connect(), { ttlMs: broken }) },
      { lock: Object.assign(lock.connect(), { isHeld: broken }) },
    ])
      await expect(inspect(await world.process({ ports }))).rejects.toThrow(new TypeError('not a function'));
  });

  test('that does not exist, shows null', async () => {
    const process = await world.process({ ports: { shared: null } });
    expect(await inspect(process)).toMatchObject({ shared: null, next: { outcome: 'miss', waitsFor: null } });
  });
});

describe('inspect in a process', () => {
  test('past its lease, says that the next read first catches up', async () => {
    await read(one);
    world.clock.stepWall(2_000);
    expect(await inspect()).toMatchObject({
      log: { state: 'leaseExpired' },
      next: { outcome: null, verified: null },
    });
  });

  test('disconnected from the log, says what it still serves and for how long', async () => {
    one.durable.cut();
    await world.clock.advance(2_000);
    await read(one);
    expect(await inspect()).toMatchObject({
      log: { state: 'disconnected' },
      next: { outcome: 'hit', tier: 'memory', verified: false },
    });
    await world.clock.advance(2_001);
    expect(await inspect()).toMatchObject({ next: { outcome: 'miss', reason: 'outdated', verified: false } });
  });
});
