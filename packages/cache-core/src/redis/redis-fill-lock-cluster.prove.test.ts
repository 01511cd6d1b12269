import { startRedisCluster } from '@pilotlight/stack/testing';
import { fillLockContract } from '../ports/testing/fill-lock-contract.ts';
import { fillLockOn } from './testing/fill-lock-on.ts';
import { serversOf } from './testing/servers.ts';

fillLockContract('the fill lock on a Redis Cluster', async () =>
  fillLockOn(serversOf(await startRedisCluster({ role: 'queue' }))),
);
