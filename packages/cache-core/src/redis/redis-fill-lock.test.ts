import { startRedis } from '@pilotlight/stack';
import { fillLockContract } from '../ports/testing/fill-lock-contract.ts';
import { fillLockOn } from './testing/fill-lock-on.ts';
import { serversOf } from './testing/servers.ts';

fillLockContract('the fill lock on Redis', async () => fillLockOn(serversOf(await startRedis({ role: 'queue' }))));
