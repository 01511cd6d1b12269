import { startRedisCluster } from '@pilotlight/stack/testing';
import { tierContract } from '../ports/testing/shared-tier-contract.ts';
import { serversOf } from './testing/servers.ts';
import { tierOn } from './testing/tier-on.ts';

tierContract('the shared tier on a Redis Cluster', async () =>
  tierOn(serversOf(await startRedisCluster({ role: 'cache' }))),
);
