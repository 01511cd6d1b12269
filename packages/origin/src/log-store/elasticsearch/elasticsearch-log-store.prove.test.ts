import { elasticsearchOfFile } from '@pilotlight/stack/vitest';
import { describe } from 'vitest';
import { logStoreContract } from '../testing/log-store-contract.ts';
import { elasticsearchWorld } from './testing/elasticsearch-world.ts';

const server = await elasticsearchOfFile();

describe.skipIf('missing' in server)('on a real server', () => {
  logStoreContract('Elasticsearch', async () => {
    if ('missing' in server) throw new Error(server.missing);
    return await elasticsearchWorld(server.url);
  });
});
