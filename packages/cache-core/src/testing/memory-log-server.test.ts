import { logContract } from '../ports/testing/invalidation-log-contract.ts';
import { Link } from './link.ts';
import { ManualClock } from './manual-clock.ts';
import { MemoryLogServer } from './memory-log-server.ts';

logContract('the log in memory', async () => {
  const clock = new ManualClock();
  let server = new MemoryLogServer(clock);
  let link = new Link(clock);
  return {
    open: async () => {
      server = new MemoryLogServer(clock);
      link = new Link(clock);
      return { one: server.connect(link), other: server.connect() };
    },
    flushAll: async () => server.flushAll(),
    lose: async (part) => server.lose(part),
    restart: async () => server.restart(),
    freeze: () => link.cut(),
    thaw: async () => link.mend(),
    through: (promise) => clock.through(promise),
    close: async () => undefined,
  };
});
