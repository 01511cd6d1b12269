import { fillLockContract } from '../ports/testing/fill-lock-contract.ts';
import { Link } from './link.ts';
import { ManualClock } from './manual-clock.ts';
import { MemoryFillLockServer } from './memory-fill-lock-server.ts';

fillLockContract('the fill lock in memory', async () => {
  const clock = new ManualClock();
  const server = new MemoryFillLockServer(clock);
  const link = new Link(clock);
  return {
    one: server.connect(link),
    other: server.connect(),
    killOne: async () => link.cut(),
    listeners: () => server.listeners,
    loseAll: async () => server.flushAll(),
    freeze: () => link.cut(),
    thaw: async () => link.mend(),
    through: (promise) => clock.through(promise),
    close: async () => undefined,
  };
});
