import { startRedisCluster } from '@pilotlight/stack/testing';
import { fenceContract } from './testing/fence-contract.ts';

fenceContract('the fence, on a real Redis Cluster', async () => {
  const { url, stop } = await startRedisCluster({ role: 'queue' });
  return { cacheUrl: url, queueUrl: url, stop };
});
