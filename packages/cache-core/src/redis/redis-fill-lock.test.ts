import { startRedis, startRedisCluster } from '@pilotlight/stack';
import { fillLockContract } from '../engine/fill-lock.contract.ts';
import { fillLockOn } from './testing/fill-lock-on.ts';
import { serversOf } from './testing/servers.ts';

fillLockContract('the fill lock on Redis', async () => fillLockOn(serversOf(await startRedis({ role: 'queue' }))));
fillLockContract('the fill lock on a Redis Cluster', async () =>
  fillLockOn(serversOf(await startRedisCluster({ role: 'queue' }))),
);
