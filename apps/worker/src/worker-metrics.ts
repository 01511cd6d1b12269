import type { AuditVerdict } from '@pilotlight/cache-core';
import type { DomainEvent } from '@pilotlight/contracts';
import { RECIPES } from '@pilotlight/recipes';
import {
  addCacheEvents,
  addCacheMetrics,
  addOriginMetrics,
  addProcessMetrics,
  addQueueMetrics,
  Counts,
  Histograms,
  LONG_SECONDS,
  type Metrics,
  type Queues,
  type Specs,
} from '@pilotlight/runtime';
import type { Deps } from './deps.ts';
import type { WarmReason, WarmSweepCounts } from './warming/keep-warm.ts';

const WORK_METRICS = {
  jobs: {
    name: 'pilotlight_job_duration_seconds',
    kind: 'histogram',
    help: 'How long this worker ran a job: completed, failed for good, or failed and to be retried',
    labels: ['job', 'result'],
  },
  ingested: {
    name: 'pilotlight_ingested_files_total',
    kind: 'counter',
    help: 'Files that this worker has read, by result',
    labels: ['result'],
  },
  records: {
    name: 'pilotlight_ingested_records_total',
    kind: 'counter',
    help: 'Records of the files that this worker has indexed',
    labels: [],
  },
  rolled: {
    name: 'pilotlight_rolled_files_total',
    kind: 'counter',
    help: 'Open files of streams that this worker has rolled',
    labels: [],
  },
  ingestLag: {
    name: 'pilotlight_ingest_lag_seconds',
    kind: 'histogram',
    help: 'From the end of an upload until its records can be found, by the clocks of api and worker',
    labels: [],
  },
  warmed: {
    name: 'pilotlight_warmed_keys_total',
    kind: 'counter',
    help: 'Keys that warming looked at, by result; loaded ones were loaded from the origin',
    labels: ['reason', 'result'],
  },
  audits: {
    name: 'pilotlight_audits_total',
    kind: 'counter',
    help: 'Served entries that the auditor compared with the origin, by verdict',
    labels: ['prefix', 'verdict'],
  },
} as const satisfies Specs;

const PREFIXES = Object.values(RECIPES).map(({ prefix }) => prefix);
const VERDICTS = ['agreed', 'time-outdated', 'lost', 'unexplained', 'inconclusive', 'gone'] as const;

/** `retried`: the job failed and is tried again; one that is put back without a failure is not counted. */
export type JobResult = 'completed' | 'failed' | 'retried';

/** Counts the work of this process. */
export class WorkMetrics {
  readonly #jobs = new Histograms(WORK_METRICS.jobs.labels, LONG_SECONDS);
  readonly #ingested = new Counts(WORK_METRICS.ingested.labels);
  readonly #records = new Counts(WORK_METRICS.records.labels);
  readonly #rolled = new Counts(WORK_METRICS.rolled.labels);
  readonly #ingestLag = new Histograms(WORK_METRICS.ingestLag.labels, LONG_SECONDS);
  readonly #warmed = new Counts(WORK_METRICS.warmed.labels);
  readonly #audits = new Counts(WORK_METRICS.audits.labels);

  constructor() {
    this.#records.add({}, 0);
    this.#rolled.add({}, 0);
    for (const result of ['indexed', 'failed'] as const) this.#ingested.add({ result }, 0);
    // A counter that begins at 1 has no increase, and the first finding has to be seen.
    for (const prefix of PREFIXES) for (const verdict of VERDICTS) this.#audits.add({ prefix, verdict }, 0);
  }

  /** @param job a name of the catalogue, or `(other)` */
  jobEnded(job: string, result: JobResult, ms: number): void {
    this.#jobs.observe({ job, result }, ms / 1_000);
  }

  /** Counts the result of a job that reads a file. */
  ingested(event: DomainEvent, result: { readonly outcome?: unknown; readonly lines?: unknown }): void {
    if (result.outcome === 'failed') this.#ingested.add({ result: 'failed' });
    if (result.outcome !== 'indexed') return;
    this.#ingested.add({ result: 'indexed' });
    if (typeof result.lines === 'number') this.#records.add({}, result.lines);
    this.#ingestLag.observe({}, Math.max(0, Date.now() - Date.parse(event.at)) / 1_000);
  }

  readonly warmed = (reason: WarmReason, counts: WarmSweepCounts): void => {
    for (const [result, n] of Object.entries(counts)) this.#warmed.add({ reason, result }, n);
  };

  readonly audited = (prefix: string, verdict: AuditVerdict): void => {
    this.#audits.add({ prefix, verdict });
  };

  readonly rolled = (files: number): void => {
    this.#rolled.add({}, files);
  };

  points() {
    return {
      jobs: this.#jobs.points(),
      ingested: this.#ingested.points(),
      records: this.#records.points(),
      rolled: this.#rolled.points(),
      ingestLag: this.#ingestLag.points(),
      warmed: this.#warmed.points(),
      audits: this.#audits.points(),
    };
  }
}

interface WorkerParts extends Pick<Deps, 'cache' | 'redis' | 'origin' | 'work' | 'producer'> {
  /** Returns null until the queue server has answered once: BullMQ cannot open a queue before. */
  readonly queues: () => Queues | null;
}

/** Adds the metrics of every part of the worker. Returns a function that stops counting. */
export function addWorkerMetrics(
  metrics: Metrics,
  { cache, redis, origin, work, producer, queues }: WorkerParts,
): () => void {
  const stops = [addProcessMetrics(metrics, 'worker'), addCacheEvents(metrics)];
  addCacheMetrics(metrics, cache, redis);
  addOriginMetrics(metrics, origin);
  metrics.group('work', WORK_METRICS, () => work.points());
  addQueueMetrics(metrics, () => (producer.status === 'ready' ? queues() : null));
  return () => {
    for (const stop of stops) stop();
  };
}
