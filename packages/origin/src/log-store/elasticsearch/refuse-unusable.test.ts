import { expect, onTestFinished, test } from 'vitest';
import { OriginUnavailable, SchemaMismatch } from '../../errors.ts';
import { createClient } from './client.ts';
import { IndexNames, pingIndices, prepareIndices } from './index-layout.ts';
import { type ScriptedAnswer, scriptedServer } from './testing/scripted-server.ts';

const NAMES = new IndexNames('test');

async function clientOf(answer: (path: string, accept: string) => ScriptedAnswer) {
  const server = await scriptedServer(({ path, accept }) => answer(path, accept));
  const client = createClient({ url: server.url }, 5_000);
  onTestFinished(() => client.close());
  return client;
}

const versions = (...each: string[]) => ({
  status: 200,
  body: { nodes: Object.fromEntries(each.map((version, i) => [i, { version }])) },
});
/** How a server of version 8 answers the client of version 9. */
const MEDIA_TYPE = {
  status: 400,
  body: { error: { type: 'media_type_header_exception', reason: 'Accept version must be either version 8 or 7' } },
};
const ofVersion8 = (path: string, accept: string) =>
  accept === 'application/json' && path.startsWith('/_nodes') ? versions('9.0.1', '8.19.4') : MEDIA_TYPE;

test('a cluster with a node of another major version is refused with the version', async () => {
  const preparing = prepareIndices(await clientOf(ofVersion8), NAMES);
  await expect(preparing).rejects.toThrow(SchemaMismatch);
  await expect(preparing).rejects.toThrow('expected Elasticsearch 9 at ELASTICSEARCH_URL, got 8.19.4');
});

test('a server that gives no version is refused', async () => {
  await expect(prepareIndices(await clientOf(() => versions()), NAMES)).rejects.toThrow(/got no version/);
});

test('a server that becomes one of another version is unavailable, with the remedy', async () => {
  const ping = pingIndices(await clientOf(ofVersion8), NAMES);
  await expect(ping).rejects.toThrow(OriginUnavailable);
  await expect(ping).rejects.toThrow(/use a cluster of Elasticsearch 9/);
});

test('another product is refused at the start, and unavailable later', async () => {
  const server = await scriptedServer(() => ({ status: 200, body: {}, product: 'OpenSearch' }));
  const client = createClient({ url: server.url }, 5_000);
  onTestFinished(() => client.close());
  await expect(prepareIndices(client, NAMES)).rejects.toThrow(/got another product; use a cluster of that version/);
  await expect(pingIndices(client, NAMES)).rejects.toThrow(OriginUnavailable);
});
