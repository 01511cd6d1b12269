import { startRedis } from '@pilotlight/stack';
import { logContract } from '../ports/testing/invalidation-log-contract.ts';
import { logOn } from './testing/log-on.ts';
import { serversOf } from './testing/servers.ts';

logContract('the log on Redis', async () => logOn(serversOf(await startRedis({ role: 'queue' }))));
