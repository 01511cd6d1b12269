export { isOpen } from './access-config.ts';
export { hostOf, isLoopback } from './allowed-hosts.ts';
export { AuditFindings } from './audit-findings.ts';
export { keepCompiledModules } from './compiled-modules.ts';
export { type Config, readConfig, readStoresConfig, type StoresConfig } from './config.ts';
export { ConfigError } from './config-error.ts';
export { endProcess } from './end-process.ts';
export { confirmationsOf, InvalidationJournal } from './invalidations/invalidation-journal.ts';
export { connectLimitStore, type LimitStore } from './limit-store.ts';
export { createLimitedServer, type ServerLimits } from './limited-server.ts';
export { createLogger, type Logger } from './logger.ts';
export { addCacheEvents } from './metrics/cache-events.ts';
export { addCacheMetrics } from './metrics/cache-metrics.ts';
export { Counts, Histogram, Histograms, LONG_SECONDS, SECONDS } from './metrics/histogram.ts';
export { type MetricSpec, Metrics, type Point, type Specs } from './metrics/metrics.ts';
export { metricsAccess } from './metrics/metrics-access.ts';
export { addProcessMetrics } from './metrics/process-metrics.ts';
export { type MetricsServer, serveMetrics } from './metrics/serve-metrics.ts';
export { addOriginMetrics, addQueueMetrics } from './metrics/store-metrics.ts';
export { ProcessRegister } from './processes/process-register.ts';
export { ProcessReporter } from './processes/process-reporter.ts';
export { countQuarantined, listQuarantined, retryQuarantined } from './quarantine.ts';
export {
  connectProducer,
  connectWorkerConnection,
  probeWrite,
  problemOf,
  type QueueConnection,
  queueOptions,
} from './queue-connection.ts';
export { countsOf, type QueueCounts } from './queue-counts.ts';
export { type JobQueue, openQueues, type Queues } from './queues.ts';
export { isServerRefusal } from './server-access.ts';
export { endsWithin, type ShutdownStep, shutDownOnSignal } from './shutdown.ts';
export { Since } from './since.ts';
export { BadTokensFile, parseTokens, TOKEN_NAME } from './tokens/parse-tokens.ts';
export { digestOf, includesRole, ROLES, type Role, type Token } from './tokens/token.ts';
export { activeTrace, inSpan, startServerSpan, traceFields } from './tracing/spans.ts';
export { startTracing, type Tracing, withTraces } from './tracing/start-tracing.ts';
export type { TrustedProxies } from './trusted-proxies.ts';
