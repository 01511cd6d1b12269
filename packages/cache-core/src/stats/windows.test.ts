import { expect, test } from 'vitest';
import { parseKey } from '../model/key.ts';
import { resolvePolicy } from '../model/policy.ts';
import type { SimulatedProcess, SimulatedWorld } from '../testing/index.ts';
import { twoProcesses } from '../testing/two-processes.ts';
import type { PrefixStats } from './read-counters.ts';

let world: SimulatedWorld;
let one: SimulatedProcess;
let other: SimulatedProcess;
twoProcesses((begun) => {
  ({ world, one, other } = begun);
});
const through = <Result>(promise: Promise<Result>) => world.clock.through(promise);
const read = (process: SimulatedProcess, key = 'stats:n:1') =>
  through(process.cache.internal.reader.read(parseKey(key), () => 1, resolvePolicy({ freshFor: '2h' }), null));
/** Returns the stats over both processes, once each has added its counts to the store. */
async function statsOf(prefix: string): Promise<PrefixStats | undefined> {
  await world.clock.advance(500);
  return (await through(other.cache.getStats())).endpoints[prefix];
}
const hitsByWindow = async (prefix: string) =>
  Object.entries((await statsOf(prefix))?.windows ?? {}).map(([name, { hits, misses }]) => [name, hits, misses]);
const MINUTE = 60_000;

test('a read leaves each window once it is older', async () => {
  await read(one);
  for (const process of [one, other, other]) await read(process);
  expect(await hitsByWindow('stats')).toEqual([
    ['1m', 3, 1],
    ['15m', 3, 1],
    ['60m', 3, 1],
  ]);
  await world.clock.advance(2 * MINUTE);
  await read(one);
  expect(await hitsByWindow('stats')).toEqual([
    ['1m', 1, 0],
    ['15m', 4, 1],
    ['60m', 4, 1],
  ]);
  await world.clock.advance(16 * MINUTE);
  expect(await hitsByWindow('stats')).toEqual([
    ['1m', 0, 0],
    ['15m', 0, 0],
    ['60m', 4, 1],
  ]);
  await world.clock.advance(61 * MINUTE);
  expect(await hitsByWindow('stats')).toEqual([
    ['1m', 0, 0],
    ['15m', 0, 0],
    ['60m', 0, 0],
  ]);
  expect(await statsOf('stats')).toMatchObject({ hits: 4, misses: 1 });
});

test('the length of a window begins no earlier than the first count', async () => {
  await read(one);
  await world.clock.advance(30 * MINUTE);
  const { since, windows } = (await statsOf('stats')) ?? {};
  expect(windows?.['60m'].seconds).toBeLessThanOrEqual(30 * 60 + 1);
  expect(windows?.['60m'].seconds).toBeGreaterThan(29 * 60);
  expect(windows?.['15m'].seconds).toBeGreaterThanOrEqual(15 * 60);
  expect(windows?.['15m'].seconds).toBeLessThan(16 * 60);
  expect(world.clock.now() - Date.parse(since ?? '')).toBeLessThanOrEqual(30 * MINUTE + 1_000);
});

test('a window has its own percentiles, bytes and audits', async () => {
  await read(one);
  await through(one.cache.audits.count([{ prefix: 'stats', verdict: 'agreed', staleForMs: null }]));
  await world.clock.advance(5 * MINUTE);
  await read(other);
  const { windows } = (await statsOf('stats')) ?? {};
  expect(windows?.['1m']).toMatchObject({ bytes_served: 1, latency_ms: { hit: { p50: 0.001 }, miss: null } });
  expect(windows?.['1m'].freshness).toBeUndefined();
  expect(windows?.['15m']).toMatchObject({ bytes_served: 2, freshness: { audited: 1, agreed: 1 } });
});

test('a prefix that was not read lately has windows of zeros', async () => {
  await read(one);
  await world.clock.advance(3 * MINUTE);
  await read(one, 'files:n:1');
  expect((await statsOf('stats'))?.windows?.['1m']).toMatchObject({ hits: 0, misses: 0, hit_rate_percent: 0 });
  expect((await statsOf('files'))?.windows?.['1m']).toMatchObject({ misses: 1 });
});

test('given a store without minutes, there are counts and no windows', async () => {
  const { recent: _, ...counters } = world.counters.connect(one.durable);
  const process = await world.process({ ports: { counters } });
  await read(process);
  const { endpoints } = await through(process.cache.getStats());
  expect(endpoints['stats']).toMatchObject({ misses: 1 });
  expect(endpoints['stats']).not.toHaveProperty('windows');
});
