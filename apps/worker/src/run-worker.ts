import { OriginUnavailable } from '@pilotlight/origin';
import { RECIPES } from '@pilotlight/recipes';
import type { Config, Logger, ShutdownStep } from '@pilotlight/runtime';
import { AUDIT_EVERY_MS } from './auditing/limits.ts';
import { watchConsumption } from './consumption.ts';
import { createHandlers } from './create-handlers.ts';
import { type Deps, openDeps, openJobQueues } from './deps.ts';
import { RECLAIM_MS } from './limits.ts';
import { Outage } from './outage.ts';
import { outdateAll } from './outdate-all.ts';
import { Relay } from './relay.ts';
import { type Schedule, Schedules } from './schedules.ts';
import { startWorkers } from './start-workers.ts';
import { until } from './until.ts';
import { SWEEP_EVERY_MS } from './warming/limits.ts';
import { openKeepWarm } from './warming/open-keep-warm.ts';
import { WarmAtStart } from './warming/warm-at-start.ts';
import { watchQuarantine } from './watch-quarantine.ts';

const PREFIXES = Object.values(RECIPES).map(({ prefix }) => prefix);

const SCHEDULES: readonly Schedule[] = [
  {
    id: 'warm-hot-keys',
    job: 'warm-keys',
    everyMs: SWEEP_EVERY_MS,
    data: { reason: 'scheduled', prefixes: PREFIXES },
  },
  { id: 'audit-freshness', job: 'audit-freshness', everyMs: AUDIT_EVERY_MS, data: {} },
  { id: 'sweep-outbox', job: 'sweep-outbox', everyMs: 3_600_000, data: {} },
];

/** One worker process: `start` waits for its services, the steps end it in order from whatever point it has reached. */
export interface WorkerProcess {
  start(): Promise<void>;
  readonly shutdown: readonly ShutdownStep[];
}

export function createWorkerProcess(config: Config, logger: Logger): WorkerProcess {
  const deps = openDeps(config, logger);
  const ending = new AbortController();
  const intake: { stop(): Promise<unknown> }[] = [];
  let closeWorkers = async () => undefined as unknown;
  let closeQueues = async () => undefined as unknown;

  const start = async () => {
    await waitForServices(deps, logger, ending.signal);
    const queues = openJobQueues(deps, logger);
    closeQueues = () => queues.close();
    await deps.cache.start();
    if (ending.signal.aborted) return;
    const { origin, producer, workerConnection: connection } = deps;
    const isReady = () => producer.status === 'ready';
    const keepWarm = openKeepWarm(deps, logger);
    const workers = startWorkers({
      connection,
      handlers: createHandlers(deps, queues, logger, keepWarm),
      logger,
      outdateAll: outdateAll({ cache: deps.cache, origin, logger }),
    });
    closeWorkers = () => workers.close();
    const relay = new Relay({ outbox: origin.outbox, queues, isReady, logger });
    const schedules = new Schedules({ queues, isReady, schedules: SCHEDULES, logger });
    const consumption = watchConsumption({ queues, isReady, logger });
    const quarantine = watchQuarantine({ queues, isReady, logger });
    intake.push(relay, schedules, consumption, quarantine);
    producer.on('ready', () => {
      relay.wake();
      schedules.wake();
    });
    schedules.start();
    consumption.start();
    quarantine.start();
    await relay.start();
    intake.push(new WarmAtStart(keepWarm, PREFIXES, logger));
    logger.info('Worker ready');
  };
  return {
    start,
    shutdown: [
      {
        name: 'stop intake',
        run: async () => {
          ending.abort();
          await Promise.all(intake.map((part) => part.stop()));
        },
      },
      {
        name: 'drain',
        run: async () => {
          await closeWorkers();
          await deps.reclaimer.drain(RECLAIM_MS);
        },
      },
      { name: 'flush', run: () => deps.cache.close() },
      {
        name: 'close',
        run: async () => {
          await closeQueues();
          await deps.close();
        },
      },
    ],
  };
}

async function waitForServices({ origin, producer }: Deps, logger: Logger, signal: AbortSignal): Promise<void> {
  const queueServer = new Outage(logger, { begun: 'waiting for the queue server', over: 'the queue server answers' });
  const database = new Outage(logger, { begun: 'waiting for the database', over: 'the database answers' });
  const askQueueServer = async () => {
    if (producer.status !== 'ready') throw new Error('it is out of reach');
    await producer.ping();
  };
  await until(askQueueServer, { outage: queueServer, mayPass: () => true, signal });
  await until(() => origin.migrate(), {
    outage: database,
    mayPass: (error) => error instanceof OriginUnavailable,
    signal,
  });
}
