import type { OperationId } from '@pilotlight/contracts/http';
import { asAdmin } from '../test-api.ts';
import type { Sent } from './send.ts';

/** Names that requests use. */
export interface Known {
  /** A file with lines, which stays. */
  readonly fileId: string;
  /** A file that a request may delete. */
  readonly spareFileId: string;
  /** A quarantined job of the queue `warming`. */
  readonly jobId: string;
}

type Parts = Omit<Sent, 'method' | 'target'>;

const read = (target: string): Sent => ({ method: 'GET', target, headers: asAdmin });
const post = (target: string, body: unknown, headers: Parts['headers'] = {}): Sent => ({
  method: 'POST',
  target,
  headers: { ...asAdmin, 'Content-Type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

/** Returns a request that uploads a file. */
export function uploadOf(content: string, headers: Parts['headers'] = {}, field = 'file'): Sent {
  const part = `--x\r\nContent-Disposition: form-data; name="${field}"; filename="app.log"\r\n\r\n${content}\r\n--x--\r\n`;
  return {
    method: 'POST',
    target: '/api/upload',
    headers: { ...asAdmin, 'Content-Type': 'multipart/form-data; boundary=x', ...headers },
    body: part,
  };
}

/** Returns a request that appends lines to a stream. */
export function linesOf(lines: string, headers: Parts['headers'] = {}): Sent {
  return {
    method: 'POST',
    target: '/api/ingest?stream=app',
    headers: { ...asAdmin, 'Content-Type': 'text/plain', ...headers },
    body: lines,
  };
}

/** A valid request for each route. */
export const REQUESTS = {
  getStats: () => read('/api/stats?level=ERROR&level=INFO&interval=1d&tz=Europe/Berlin'),
  searchLogs: () => post('/api/search', { q: 'disk', context: 2 }),
  listFiles: () => read('/api/files?limit=2&state=indexed&name=app'),
  tailSearch: () => read('/api/search/events?q=disk'),
  getFile: ({ fileId }) => read(`/api/files/${fileId}`),
  deleteFile: ({ spareFileId }) => ({ method: 'DELETE', target: `/api/files/${spareFileId}`, headers: asAdmin }),
  getFileContent: ({ fileId }) => read(`/api/files/${fileId}/content`),
  streamFileEvents: ({ fileId }) => read(`/api/files/${fileId}/events`),
  uploadFile: () => uploadOf('2026-03-01 10:00:00 INFO cart: added lamp\n'),
  ingestLines: () => linesOf('2026-03-01 10:00:00 INFO cart: added lamp\n'),
  exportLogs: () =>
    post('/v1/logs', { resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'x' } }] }] }] }),
  getCacheStats: () => read('/api/cache/stats'),
  resetCacheStats: () => ({ method: 'POST', target: '/api/cache/stats/reset', headers: asAdmin }),
  invalidateCache: () => post('/api/cache/invalidate', { prefix: 'stats' }),
  explainCacheKey: () => read('/api/cache/entries/stats:get_stats:44136fa355b3678a1146ad16f7e8649e'),
  findCacheKey: () => post('/api/cache/key', { method: 'POST', target: '/api/search', body: { q: 'disk' } }),
  listCacheKeys: () => read('/api/cache/keys?limit=5'),
  listInvalidations: () => read('/api/cache/log?limit=5'),
  warmCache: () => post('/api/cache/warm', { prefix: 'stats' }),
  getRetention: () => read('/api/retention'),
  applyRetention: () => post('/api/retention', {}),
  retryJob: ({ jobId }) => ({ method: 'POST', target: `/api/quarantine/warming/${jobId}/retry`, headers: asAdmin }),
  listAuditRecords: () => read('/api/audit?limit=5'),
  getLiveness: () => read('/healthz'),
  getReadiness: () => read('/readyz'),
  getLive: () => read('/api/live'),
  streamLive: () => read('/api/live/events'),
  openConsole: () => read('/'),
  getMetrics: () => read('/metrics'),
  getDescription: () => read('/openapi.json'),
  openDocs: () => read('/docs'),
  openErrors: () => read('/docs/errors'),
  openOperations: () => read('/docs/operations'),
  openQueueBoard: () => read('/admin/queues'),
} satisfies Record<OperationId, (known: Known) => Sent>;
