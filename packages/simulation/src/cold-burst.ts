import { resolvePolicy } from '@pilotlight/cache-core';
import type { Answered } from './history.ts';
import type { Parts } from './parts.ts';
import { coldKey, MANY } from './plan.ts';
import type { Readers } from './readers.ts';

const READERS = 2;
/** Longer than the wall clocks ever differ. */
const LONG = resolvePolicy({ freshFor: '1h', hardTimeout: 300 });

/** Reads one cold key with several readers on every process: one load, unless something happens meanwhile. */
export function coldBurst(
  name: string,
  { world, plan, random, nodes, history, checker }: Parts,
  readers: Readers,
): void {
  // A full index forgets different selectors in each process, so the processes use different fill locks.
  if (plan.selectorsKept < MANY) return;
  const all = nodes();
  const key = coldKey(name);
  const since = world.clock.monotonic();
  const began = history.moment();
  const epochs = () => [...new Set(all.map(({ cache }) => cache.internal.engine.follower.epoch))].join();
  const epoch = epochs();
  let left = all.length * READERS;
  let isQuiet =
    !epoch.includes(',') && all.every(({ host, cache }) => !host.isFrozen && cache.internal.engine.follower.isCurrent);
  const done = ({ verified }: Answered) => {
    isQuiet &&= verified;
    if (--left > 0 || !isQuiet || world.hurtUntil >= since || history.wasAllHitSince(began)) return;
    const loads = history.sources.filter(({ key }) => key === name).length;
    if (epochs() !== epoch) return;
    if (all.every(({ host }) => host.isAlive && host.lostAt < since && host.frozenAt < since))
      checker.burst(name, loads, all.length * READERS);
  };
  for (const node of all) {
    for (let i = 0; i < READERS; i++)
      node.host.after(
        random.between(0, 4),
        () => void readers.read(node, name, (_, answer) => done(answer), { key, policy: LONG }),
      );
  }
}
