import { startRedisCluster } from '@pilotlight/stack/testing';
import { logContract } from '../ports/testing/invalidation-log-contract.ts';
import { logOn } from './testing/log-on.ts';
import { serversOf } from './testing/servers.ts';

logContract('the log on a Redis Cluster', async () => logOn(serversOf(await startRedisCluster({ role: 'queue' }))));
