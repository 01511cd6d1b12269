import { tierContract } from '../ports/testing/shared-tier-contract.ts';
import { ManualClock } from './manual-clock.ts';
import { MemorySharedServer } from './memory-shared-server.ts';

tierContract('the shared tier in memory', async () => {
  const clock = new ManualClock();
  const server = new MemorySharedServer(clock);
  return {
    tier: server.connect(),
    write: async (key, bytes) => server.write(key, bytes),
    writeForeign: async () => undefined, // this store holds only bytes
    clear: async () => server.evict(),
    freeze: () => server.fail('hang'),
    thaw: async () => server.recover(),
    through: (promise) => clock.through(promise),
    close: async () => undefined,
  };
});
