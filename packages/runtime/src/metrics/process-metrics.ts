import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import process from 'node:process';
import type { Metrics, Point, Specs } from './metrics.ts';

const PROCESS_METRICS = {
  info: gauge('pilotlight_process_info', '1, with the name of the process and its version of Node', [
    'process',
    'node',
  ]),
  start: gauge('process_start_time_seconds', 'When the process started, in Unix time'),
  cpu: {
    name: 'process_cpu_seconds_total',
    kind: 'counter',
    help: 'Processor time of all threads of the process',
    labels: [],
  },
  resident: gauge('process_resident_memory_bytes', 'Memory of the process in RAM'),
  heapUsed: gauge('nodejs_heap_size_used_bytes', 'Used heap of the main thread'),
  heapTotal: gauge('nodejs_heap_size_total_bytes', 'Heap of the main thread'),
  external: gauge('nodejs_external_memory_bytes', 'Memory outside the heap that objects of the main thread use'),
  delayP50: gauge('nodejs_eventloop_lag_p50_seconds', 'Median delay of the event loop since the scrape before'),
  delayP99: gauge('nodejs_eventloop_lag_p99_seconds', '99th percentile of the delay since the scrape before'),
  delayMax: gauge('nodejs_eventloop_lag_max_seconds', 'Maximum delay of the event loop since the scrape before'),
  utilization: gauge('nodejs_eventloop_utilization_ratio', 'Share of the time since the scrape before in which it ran'),
} as const satisfies Specs;

function gauge<const Labels extends readonly string[] = []>(name: string, help: string, labels?: Labels) {
  return { name, kind: 'gauge', help, labels: labels ?? [] } as const;
}

/** The delay is sampled at this interval, in ms. A shorter one costs more processor time than it is worth. */
const RESOLUTION_MS = 20;

/** Adds the metrics of this process under the names that other Node services use. Returns a function that stops sampling. */
export function addProcessMetrics(metrics: Metrics, name: string): () => void {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const startedAt = Date.now() / 1_000 - process.uptime();
  let before = performance.eventLoopUtilization();
  metrics.group('process', PROCESS_METRICS, () => {
    const { user, system } = process.cpuUsage();
    const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    const points = {
      info: [{ labels: { process: name, node: process.version }, value: 1 }],
      start: one(startedAt),
      cpu: one((user + system) / 1e6),
      resident: one(rss),
      heapUsed: one(heapUsed),
      heapTotal: one(heapTotal),
      external: one(external),
      delayP50: one(beyondInterval(delay.percentile(50))),
      delayP99: one(beyondInterval(delay.percentile(99))),
      delayMax: one(beyondInterval(delay.max)),
      utilization: one(utilization),
    };
    delay.reset();
    return points;
  });
  return () => delay.disable();
}

const one = (value: number): Point[] => [{ labels: {}, value }];

/** Node reports the whole interval between two samples, in ns. Returns the time beyond the intended one, in seconds. */
function beyondInterval(ns: number): number {
  const seconds = ns / 1e9 - RESOLUTION_MS / 1_000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : 0;
}
