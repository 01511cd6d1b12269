import { startRedis } from '@pilotlight/stack';
import { tierContract } from '../ports/testing/shared-tier-contract.ts';
import { serversOf } from './testing/servers.ts';
import { tierOn } from './testing/tier-on.ts';

tierContract('the shared tier on Redis', async () => tierOn(serversOf(await startRedis({ role: 'cache' }))));
