import { errors } from '@elastic/elasticsearch';
import { OriginUnavailable } from '../../errors.ts';

/** Rejections with status 400 that describe the state of the cluster as well. */
const STATE_TYPES = /media_type_header_exception|index_closed_exception/;

/** Statuses that describe the state of the cluster or its settings, not a fault of the request. */
const STATE_STATUSES = new Set([401, 403, 404, 408, 429, 500, 502, 503, 504]);

const REMEDIES: readonly [RegExp, string][] = [
  [/security_exception|unable to authenticate/, 'check the user and its rights in ELASTICSEARCH_URL'],
  [/media_type_header|product/i, 'use a cluster of Elasticsearch 9'],
  [/index_closed/, 'open the index again'],
  [/flood-stage|read-only-allow-delete/, 'free disk space on the Elasticsearch nodes'],
  [/index_not_found/, 'restart the api or the worker, which creates the indices'],
  [/certificate|self.signed/, 'set ELASTICSEARCH_CA to the file of the certificate authority'],
];

/**
 * Converts errors of the client that mean the cluster cannot answer to `OriginUnavailable`. Returns any other error
 * unchanged.
 */
export function asOriginError(error: unknown): unknown {
  if (!(error instanceof errors.ElasticsearchClientError) || !speaksOfState(error)) return error;
  const reason = `Elasticsearch cannot answer now: ${error.message || error.name}`;
  const remedy = REMEDIES.find(([pattern]) => pattern.test(error.message))?.[1];
  return new OriginUnavailable(remedy === undefined ? reason : `${reason}; ${remedy}`, { cause: error });
}

function speaksOfState(error: errors.ElasticsearchClientError): boolean {
  if (error instanceof errors.ResponseError) {
    return STATE_STATUSES.has(error.statusCode ?? 0) || STATE_TYPES.test(error.message);
  }
  return (
    error instanceof errors.ProductNotSupportedError ||
    error instanceof errors.ConnectionError ||
    error instanceof errors.TimeoutError ||
    error instanceof errors.NoLivingConnectionsError
  );
}

/**
 * Runs requests to Elasticsearch. Rejects with the reason of `signal` once it is aborted; a closed connection makes the
 * server cancel its search. Rejects with `OriginUnavailable` while the cluster cannot answer.
 */
export async function asking<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  signal?.throwIfAborted();
  try {
    return await work();
  } catch (error) {
    throw signal?.aborted ? signal.reason : asOriginError(error);
  }
}

/**
 * Returns the option that aborts one request. The request gets a signal of its own: after the time limit of a request the
 * client dispatches `abort` on its signal, which would also reach the other listeners of a shared signal.
 */
export function abortedBy(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal: AbortSignal.any([signal]) };
}

/** Returns whether the server rejected a request with a status and a type of error. */
export function isRejection(error: unknown, status: number, type: string): boolean {
  return error instanceof errors.ResponseError && error.statusCode === status && error.message.includes(type);
}
