import {
  addCacheEvents,
  addCacheMetrics,
  addOriginMetrics,
  addProcessMetrics,
  addQueueMetrics,
  type Metrics,
  type Specs,
} from '@pilotlight/runtime';
import type { Deps } from '../deps.ts';
import { LINE_METRICS } from '../ingest/line-metrics.ts';
import { SYSLOG_METRICS } from '../syslog/syslog-metrics.ts';
import { ingestWaitMs } from '../upload/ingest-wait.ts';
import { HTTP_METRICS, type HttpMetrics } from './http-metrics.ts';

const INGEST_METRICS = {
  oldest: {
    name: 'pilotlight_ingest_oldest_wait_seconds',
    kind: 'gauge',
    help: 'How long the oldest upload that no worker has begun to read has waited',
    labels: [],
  },
} as const satisfies Specs;

const READ_METRICS = {
  waiting: {
    name: 'pilotlight_reads_waiting',
    kind: 'gauge',
    help: 'Reads that wait for their turn in this process, because the fast path has not answered them',
    labels: [],
  },
  shed: {
    name: 'pilotlight_reads_shed_total',
    kind: 'counter',
    help: 'Reads that were refused with 503 before Express because of an overload',
    labels: [],
  },
} as const satisfies Specs;

type ApiParts = Pick<
  Deps,
  'cache' | 'redis' | 'origin' | 'queues' | 'queueConnection' | 'logger' | 'readQueue' | 'lineCounts' | 'syslogCounts'
> & {
  readonly http: HttpMetrics;
};

/** Adds the metrics of every part of the api. Returns a function that stops counting. */
export function addApiMetrics(metrics: Metrics, { http, ...deps }: ApiParts): () => void {
  metrics.group('http', HTTP_METRICS, () => http.points());
  const stops = [addProcessMetrics(metrics, 'api'), addCacheEvents(metrics)];
  addCacheMetrics(metrics, deps.cache, deps.redis);
  addOriginMetrics(metrics, deps.origin);
  addQueueMetrics(metrics, () => (deps.queueConnection.status === 'ready' ? deps.queues : null));
  const { readQueue, lineCounts, syslogCounts } = deps;
  metrics.group('lines', LINE_METRICS, () => lineCounts.points());
  metrics.group('syslog', SYSLOG_METRICS, () => syslogCounts.points());
  metrics.group('reads', READ_METRICS, () => ({
    waiting: [{ labels: {}, value: readQueue.waiting }],
    shed: [{ labels: {}, value: readQueue.shed }],
  }));
  const oldest = async () => ({ oldest: [{ labels: {}, value: (await ingestWaitMs(deps)) / 1_000 }] });
  metrics.group('ingest', INGEST_METRICS, oldest, { everyMs: 1_000 });
  return () => {
    for (const stop of stops) stop();
  };
}
