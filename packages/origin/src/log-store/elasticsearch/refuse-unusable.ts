import { type Client, errors, type estypes } from '@elastic/elasticsearch';
import { SchemaMismatch } from '../../errors.ts';
import type { IndexNames } from './index-layout.ts';

const SERVER_MAJOR = 9;

/**
 * Rejects with `SchemaMismatch` if a node is not an Elasticsearch of the supported major version. Asks for plain JSON,
 * because a server of another major version refuses the client's own media type.
 */
export async function refuseOtherServer(client: Client): Promise<void> {
  const expected = `expected Elasticsearch ${SERVER_MAJOR} at ELASTICSEARCH_URL`;
  const remedy = 'use a cluster of that version';
  try {
    // The nodes also answer with their versions where `GET /` does not exist, as in the test distribution.
    const { nodes = {} } = await client.transport.request<{ nodes?: Record<string, { version: string }> }>(
      { method: 'GET', path: '/_nodes/process', querystring: { filter_path: 'nodes.*.version' } },
      { headers: { accept: 'application/json' } },
    );
    const versions = Object.values(nodes).map(({ version }) => version);
    const other = versions.find((version) => Number(version.split('.')[0]) !== SERVER_MAJOR);
    if (versions.length > 0 && other === undefined) return;
    throw new SchemaMismatch(`${expected}, got ${other ?? 'no version'}; ${remedy}`);
  } catch (error) {
    if (!(error instanceof errors.ProductNotSupportedError)) throw error;
    throw new SchemaMismatch(`${expected}, got another product; ${remedy}`);
  }
}

/**
 * Returns the mappings of the indices of this database. Rejects with `SchemaMismatch` if an index under the names of this
 * database has another mapping, or if an index has the name of an alias.
 */
export async function refuseForeignIndices(
  client: Client,
  names: IndexNames,
  mappingVersion: number,
): Promise<estypes.IndicesGetMappingResponse> {
  const found = await client.indices.getMapping({
    index: [names.pattern, names.all, names.writeAlias('*')],
    ignore_unavailable: true,
    allow_no_indices: true,
    expand_wildcards: ['open', 'closed'],
  });
  for (const [index, { mappings }] of Object.entries(found)) {
    const version: unknown = mappings._meta?.['pilotlight'];
    if (version === mappingVersion) continue;
    throw new SchemaMismatch(
      `expected index ${index} to have mapping version ${mappingVersion} of Pilotlight, got ${JSON.stringify(version) ?? 'none'}; ` +
        'remove an index of an earlier release and upload its files again; rename an index of another program, or use another cluster',
    );
  }
  return found;
}
