import { startRedis } from '@pilotlight/stack';
import { fenceContract } from './testing/fence-contract.ts';

fenceContract('the fence, on two real servers', async () => {
  const [cache, queue] = [await startRedis({ role: 'cache' }), await startRedis({ role: 'queue' })];
  return { cacheUrl: cache.url, queueUrl: queue.url, stop: () => Promise.all([cache.stop(), queue.stop()]) };
});
