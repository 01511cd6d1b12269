import { QUEUES } from '@pilotlight/contracts';
import type { Origin } from '@pilotlight/origin';
import { countsOf } from '../queue-counts.ts';
import type { Queues } from '../queues.ts';
import type { Metrics, Point, Specs } from './metrics.ts';

const QUEUE_METRICS = {
  jobs: {
    name: 'pilotlight_queue_jobs',
    kind: 'gauge',
    help: 'Jobs of a queue by state; failed ones are quarantined. Every process reports the same',
    labels: ['queue', 'state'],
  },
  oldest: {
    name: 'pilotlight_queue_oldest_job_seconds',
    kind: 'gauge',
    help: 'How long the oldest waiting job of a queue has waited',
    labels: ['queue'],
  },
} as const satisfies Specs;

const OUTBOX_METRICS = {
  oldest: {
    name: 'pilotlight_outbox_oldest_event_seconds',
    kind: 'gauge',
    help: 'How long the oldest event that no worker has handed over has waited in the outbox',
    labels: [],
  },
} as const satisfies Specs;

const POOL_METRICS = {
  connections: {
    name: 'pilotlight_postgres_pool_connections',
    kind: 'gauge',
    help: 'Connections to Postgres by pool: in use and idle, and callers that wait for one',
    labels: ['pool', 'state'],
  },
  max: {
    name: 'pilotlight_postgres_pool_max_connections',
    kind: 'gauge',
    help: 'Maximum number of connections of a pool',
    labels: ['pool'],
  },
} as const satisfies Specs;

const SEARCH_METRICS = {
  tooSlow: {
    name: 'pilotlight_slow_searches_total',
    kind: 'counter',
    help: 'Searches that were cancelled because they took longer than SEARCH_TIMEOUT_MS',
    labels: [],
  },
} as const satisfies Specs;

/** The queues and the outbox are read at most once per this time for all scrapes. */
const READ_EVERY_MS = 1_000;
const STATES = ['waiting', 'active', 'delayed', 'failed'] as const;

/** Adds the metrics of the job queues. `queuesIfReady` returns null while the queue server is unreachable, because a command would hang then. */
export function addQueueMetrics(metrics: Metrics, queuesIfReady: () => Pick<Queues, 'of'> | null): void {
  const read = async () => {
    const queues = queuesIfReady();
    if (queues === null) throw new Error('the queue server is unreachable');
    const counted = await Promise.all(QUEUES.map(async (queue) => ({ queue, ...(await countsOf(queues, queue)) })));
    return {
      jobs: counted.flatMap(({ queue, counts }) =>
        STATES.map((state) => ({ labels: { queue, state }, value: counts[state] })),
      ),
      oldest: counted.map(({ queue, oldestMs }) => ({ labels: { queue }, value: oldestMs / 1_000 })),
    };
  };
  metrics.group('queues', QUEUE_METRICS, read, { everyMs: READ_EVERY_MS });
}

/** Adds the metrics of searches, of the outbox and of this process's connections to Postgres. */
export function addOriginMetrics(metrics: Metrics, origin: Pick<Origin, 'outbox' | 'pools' | 'slowSearches'>): void {
  // Before the outbox, whose query takes a connection.
  metrics.group('pools', POOL_METRICS, () => {
    const pools = origin.pools();
    return {
      connections: pools.flatMap(({ name: pool, open, idle, waiting }) => [
        { labels: { pool, state: 'used' }, value: open - idle },
        { labels: { pool, state: 'idle' }, value: idle },
        { labels: { pool, state: 'waiting' }, value: waiting },
      ]),
      max: pools.map(({ name: pool, max }) => ({ labels: { pool }, value: max })),
    };
  });
  metrics.group('searches', SEARCH_METRICS, () => ({ tooSlow: [{ labels: {}, value: origin.slowSearches() }] }));
  const oldest = async (): Promise<{ oldest: Point[] }> => ({
    oldest: [{ labels: {}, value: (await origin.outbox.waitingMs(null)) / 1_000 }],
  });
  metrics.group('outbox', OUTBOX_METRICS, oldest, { everyMs: READ_EVERY_MS });
}
