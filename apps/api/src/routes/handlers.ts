import type { OperationId } from '@pilotlight/contracts/http';
import type { HandlersOf } from '../http/register-routes.ts';
import { listAuditRecords } from './audit.ts';
import {
  explainCacheKey,
  findCacheKey,
  getCacheStats,
  invalidateCache,
  listCacheKeys,
  listInvalidations,
  resetCacheStats,
  warmCache,
} from './cache.ts';
import { openConsole } from './console.ts';
import { getFileContent } from './content.ts';
import { getDescription, openDocs } from './docs.ts';
import { openErrors } from './errors-page.ts';
import { streamFileEvents } from './file-events.ts';
import { deleteFile, getFile, listFiles } from './files.ts';
import { getLiveness, getReadiness } from './health.ts';
import { ingestLines } from './ingest.ts';
import { getLive, streamLive } from './live.ts';
import { getMetrics } from './metrics.ts';
import { openOperations } from './operations-page.ts';
import { exportLogs } from './otlp-logs.ts';
import { retryJob } from './quarantine.ts';
import { openQueueBoard } from './queues.ts';
import { applyRetention, getRetention } from './retention.ts';
import { searchLogs } from './search.ts';
import { tailSearch } from './search-events.ts';
import { getStats } from './stats.ts';
import { uploadFile } from './upload.ts';

/** The handlers of every row of the table of routes (`ROUTES` in `@pilotlight/contracts/http`). */
export const HANDLERS = {
  getStats,
  searchLogs,
  listFiles,
  tailSearch,
  getFile,
  deleteFile,
  getFileContent,
  streamFileEvents,
  uploadFile,
  ingestLines,
  exportLogs,
  getCacheStats,
  resetCacheStats,
  invalidateCache,
  explainCacheKey,
  findCacheKey,
  listCacheKeys,
  listInvalidations,
  warmCache,
  getRetention,
  applyRetention,
  retryJob,
  listAuditRecords,
  getLiveness,
  getReadiness,
  getLive,
  streamLive,
  openConsole,
  getMetrics,
  getDescription,
  openDocs,
  openErrors,
  openOperations,
  openQueueBoard,
} satisfies Record<OperationId, HandlersOf>;
