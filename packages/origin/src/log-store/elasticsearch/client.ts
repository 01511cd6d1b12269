import { readFileSync } from 'node:fs';
import { Client } from '@elastic/elasticsearch';

export interface ElasticsearchOptions {
  /** URL of the cluster, or several URLs of its nodes separated by commas. It may hold credentials. */
  url: string;
  /** Path of a PEM file with the certificate authority of an `https` URL. Defaults to the system's authorities. */
  caFile?: string | undefined;
  /** Beginning of the names of all indices; the id of the database follows. Defaults to `pilotlight`. */
  indexPrefix?: string | undefined;
}

/**
 * Builds a client, which connects on its first request.
 *
 * @param timeoutMs time limit of one request, in ms
 */
export function createClient({ url, caFile }: ElasticsearchOptions, timeoutMs: number): Client {
  return new Client({
    nodes: url.split(',').map((node) => node.trim()),
    requestTimeout: timeoutMs,
    // One more try reaches another node of the cluster. Callers have their own back-off.
    maxRetries: 1,
    ...(caFile !== undefined && { tls: { ca: readAuthority(caFile) } }),
  });
}

function readAuthority(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new Error(`ELASTICSEARCH_CA: expected a readable PEM file, got ${path}; correct the path`, { cause });
  }
}
