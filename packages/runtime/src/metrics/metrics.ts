import pTimeout from 'p-timeout';
import { type Metric, Registry } from 'prom-client';
import type { Logger } from '../logger.ts';
import type { HistogramState } from './histogram.ts';

/** One metric, as `/metrics` and docs/observability.md describe it. */
export interface MetricSpec {
  readonly name: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** The number of values of each label is bounded: no label holds a key, a path or a token. */
  readonly labels: readonly string[];
}

/** The value of a metric for one set of labels. A label that does not apply is an empty text. */
export interface Point {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number | HistogramState;
}

export type Specs = Readonly<Record<string, MetricSpec>>;
export type Points<Group extends Specs> = { readonly [Name in keyof Group]: readonly Point[] };

export interface GroupOptions {
  /** The group is read at most once in this time, in ms, whatever the number of scrapes. Defaults to 0. */
  readonly everyMs?: number;
}

interface Group {
  readonly name: string;
  readonly everyMs: number;
  readonly read: () => Promise<Points<Specs>> | Points<Specs>;
  readAt: number;
  points: Points<Specs>;
}

const READ_WITHIN_MS = 2_000;

const OWN = {
  failures: {
    name: 'pilotlight_metrics_read_failures_total',
    kind: 'counter',
    help: 'Scrapes that lack a group of metrics, because its server did not answer',
    labels: ['group'],
  },
} as const satisfies Specs;

/**
 * The metrics of one process. The parts of the process count in plain numbers; a scrape reads the numbers, so counting costs no more than
 * an increment.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #groups: Group[] = [];
  readonly #specs: MetricSpec[] = [];
  readonly #failures = new Map<string, number>();
  readonly #logger: Logger;
  #scraping: Promise<string> | null = null;

  constructor(logger: Logger) {
    this.#logger = logger;
    this.group('metrics', OWN, () => ({
      failures: [...this.#failures].map(([group, value]) => ({ labels: { group }, value })),
    }));
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** The metrics of all groups. */
  get specs(): readonly MetricSpec[] {
    return this.#specs;
  }

  /** Adds metrics that are read together. If reading fails or takes longer than 2 s, the scrape lacks them. */
  group<Own extends Specs>(
    name: string,
    specs: Own,
    read: () => Promise<Points<Own>> | Points<Own>,
    { everyMs = 0 }: GroupOptions = {},
  ): void {
    const group: Group = { name, everyMs, read, readAt: Number.NEGATIVE_INFINITY, points: {} };
    this.#groups.push(group);
    this.#failures.set(name, 0);
    for (const [key, spec] of Object.entries(specs)) {
      this.#specs.push(spec);
      const metric = { ...spec, type: spec.kind, get: async () => valuesOf(spec, group.points[key] ?? []) };
      // The registry calls `get` of a metric and reads its name, which is all that its type of a metric has in common.
      this.#registry.registerMetric(metric as unknown as Metric);
    }
  }

  /** Returns all metrics in Prometheus' text format. Concurrent callers share one scrape. Never rejects. */
  scrape(): Promise<string> {
    this.#scraping ??= this.#scrape().finally(() => {
      this.#scraping = null;
    });
    return this.#scraping;
  }

  async #scrape(): Promise<string> {
    const [own, ...others] = this.#groups;
    await Promise.all(others.map((group) => this.#read(group)));
    if (own) await this.#read(own);
    return await this.#registry.metrics();
  }

  async #read(group: Group): Promise<void> {
    const now = performance.now();
    if (now - group.readAt < group.everyMs) return;
    group.readAt = now;
    try {
      const message = `expected the metrics of ${group.name} within ${READ_WITHIN_MS} ms`;
      group.points = await pTimeout(Promise.resolve(group.read()), { milliseconds: READ_WITHIN_MS, message });
    } catch (error) {
      group.points = {};
      this.#failures.set(group.name, (this.#failures.get(group.name) ?? 0) + 1);
      this.#logger.debug({ err: error }, `metrics: could not read the group ${group.name}`);
    }
  }
}

interface Value {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly metricName?: string;
}

function valuesOf({ name, kind, help }: MetricSpec, points: readonly Point[]) {
  const values = points.flatMap(({ labels, value }) =>
    typeof value === 'number' ? [{ labels, value }] : seriesOf(name, labels, value),
  );
  return { name, help, type: kind, aggregator: 'sum', values };
}

function seriesOf(name: string, labels: Point['labels'], { boundaries, counts, sum }: HistogramState): Value[] {
  let total = 0;
  const buckets = boundaries.map((le, i) => {
    total += counts[i] ?? 0;
    return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: total };
  });
  total += counts[boundaries.length] ?? 0;
  return [
    ...buckets,
    { metricName: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: total },
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: total },
  ];
}
