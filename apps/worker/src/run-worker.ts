import { RECIPES } from '@pilotlight/recipes';
import {
  type Config,
  type Logger,
  Metrics,
  metricsAccess,
  openQueues,
  ProcessRegister,
  ProcessReporter,
  type Queues,
  type ShutdownStep,
  serveMetrics,
} from '@pilotlight/runtime';
import { AUDIT_EVERY_MS } from './auditing/limits.ts';
import { checkLogStore } from './check-log-store.ts';
import { createHandlers, createKeepWarm } from './create-handlers.ts';
import { type Deps, openDeps } from './deps.ts';
import { invalidateEverything } from './invalidate-everything.ts';
import { CANCEL_MS, CLOSE_MS, DRAIN_MS, FLUSH_MS, INTAKE_MS, RECLAIM_MS } from './limits.ts';
import { watchConsumption, watchQuarantine } from './queue-watch.ts';
import { Relay } from './relay.ts';
import { type Schedule, Schedules } from './schedules.ts';
import { startWorkers, type Workers } from './start-workers.ts';
import { StreamRoller } from './stream-roller.ts';
import { waitForServices } from './wait-for-services.ts';
import { SWEEP_EVERY_MS } from './warming/limits.ts';
import { warmAtStart } from './warming/warm-at-start.ts';
import { watchQueueServer } from './watch-queue-server.ts';
import { addWorkerMetrics } from './worker-metrics.ts';

const PREFIXES = Object.values(RECIPES).map(({ prefix }) => prefix);

/** Returns the schedules of a process. Retention has one only if there is a rule. */
export function schedulesOf({ retention }: Pick<Config, 'retention'>): readonly Schedule[] {
  if (retention.days === null && retention.bytes === null) return SCHEDULES;
  return [...SCHEDULES, { id: 'apply-retention', job: 'apply-retention', everyMs: 60_000, data: retention }];
}

const SCHEDULES: readonly Schedule[] = [
  {
    id: 'warm-hot-keys',
    job: 'warm-keys',
    everyMs: SWEEP_EVERY_MS,
    data: { reason: 'scheduled', prefixes: PREFIXES },
  },
  { id: 'audit-freshness', job: 'audit-freshness', everyMs: AUDIT_EVERY_MS, data: {} },
  { id: 'sweep-outbox', job: 'sweep-outbox', everyMs: 60_000, data: {} },
];

export interface WorkerProcess {
  /** Waits for the services, then starts to work. */
  start(): Promise<void>;
  /** End the process in order, whatever point `start` has reached. */
  readonly shutdown: readonly ShutdownStep[];
}

/** The parts of the process that have been started so far. */
interface Started {
  queues: Queues | null;
  workers: Workers | null;
  /** The port of the metrics, and what counts for them. */
  readonly metrics: { close(): Promise<unknown> }[];
  /** The parts that create work; a shutdown stops them first. */
  readonly intake: { stop(): Promise<unknown> }[];
}

export function createWorkerProcess(config: Config, logger: Logger): WorkerProcess {
  const deps = openDeps(config, logger);
  const ending = new AbortController();
  const started: Started = { queues: null, workers: null, metrics: [], intake: [] };
  return {
    start: () => startAll(started, { deps, config, logger, signal: ending.signal }),
    shutdown: shutdownSteps(deps, ending, started),
  };
}

interface StartOptions {
  readonly deps: Deps;
  readonly config: Config;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

async function startAll(started: Started, options: StartOptions): Promise<void> {
  const { deps, config, logger, signal } = options;
  await startMetrics(started, options);
  await waitForServices(deps, config, logger, signal);
  // Not earlier: BullMQ asks for the server's version when a queue is opened, and a queue that got no answer stays unusable.
  const queues = openQueues(deps.producer, logger);
  started.queues = queues;
  await deps.cache.start();
  startReporting(started, options);
  if (signal.aborted) return;
  const keepWarm = createKeepWarm(deps, logger);
  const workers = startWorkers({
    connection: deps.workerConnection,
    handlers: createHandlers(deps, queues, keepWarm, logger),
    logger,
    onJobEnded: (job, result, ms) => deps.work.jobEnded(job, result, ms),
    invalidateEverything: invalidateEverything({ ...deps, logger }),
  });
  started.workers = workers;
  const relay = startLoops(started, { ...options, queues, workers });
  await relay.start();
  if (signal.aborted) return;
  const store = deps.origin.logs.name;
  started.intake.push(warmAtStart(keepWarm, PREFIXES, logger), checkLogStore({ origin: deps.origin, store, logger }));
  logger.info(`the log lines are in ${store}`);
  logger.info('Worker ready');
}

/** Serves the metrics before the process waits for its services, if it has a port for them. */
async function startMetrics(started: Started, { deps, config, logger }: StartOptions): Promise<void> {
  const { metricsPort: port, host } = config;
  if (port === null) return;
  const metrics = new Metrics(logger);
  const stopCounting = addWorkerMetrics(metrics, { ...deps, queues: () => started.queues });
  started.metrics.push({ close: async () => stopCounting() });
  const server = await serveMetrics({ metrics, host, port, isAllowed: metricsAccess(config, logger) });
  started.metrics.push(server);
  logger.info(`metrics at ${server.url}/metrics`);
}

/** Reports the state of this process to the register of processes, and leaves the register first when the process ends. */
function startReporting(started: Started, { deps, logger }: StartOptions): void {
  const { producer, cache } = deps;
  const register = new ProcessRegister(producer);
  const reporter = new ProcessReporter({ kind: 'worker', register, cache, logger });
  reporter.start();
  started.intake.push({ stop: () => reporter.close() });
}

/** Starts the loops that run beside the jobs. Returns the relay, which the caller starts. */
function startLoops(
  started: Started,
  { deps, config, logger, queues, workers }: StartOptions & { readonly queues: Queues; readonly workers: Workers },
): Relay {
  const { origin, producer, redis } = deps;
  const isReady = () => producer.status === 'ready';
  const relay = new Relay({ outbox: origin.outbox, queues, isReady, logger });
  const schedules = new Schedules({ queues, isReady, schedules: schedulesOf(config), logger });
  const watches = [
    new StreamRoller({ streams: origin.streams, logger, onRolled: deps.work.rolled }),
    watchConsumption({ queues, isReady, logger, healthFile: config.healthFile }),
    watchQuarantine({ queues, isReady, logger }),
    watchQueueServer({ redis, isUnsafeAllowed: config.allowUnsafeRedis, workers, logger }),
  ];
  started.intake.push(relay, schedules, ...watches);
  producer.on('ready', () => {
    relay.wake();
    schedules.wake();
  });
  for (const loop of [schedules, ...watches]) loop.start();
  return relay;
}

function shutdownSteps(deps: Deps, ending: AbortController, started: Started): readonly ShutdownStep[] {
  let draining: Promise<unknown> = Promise.resolve();
  return [
    {
      name: 'stop intake',
      withinMs: INTAKE_MS,
      run: async () => {
        ending.abort();
        // Not awaited here: the workers take no more jobs while the other parts stop, which may hang at a frozen server.
        draining = started.workers?.close() ?? draining;
        await Promise.all(started.intake.map((part) => part.stop()));
      },
    },
    {
      name: 'drain',
      withinMs: DRAIN_MS + CANCEL_MS + RECLAIM_MS,
      run: async () => {
        await draining;
        await deps.reclaimer.drain(RECLAIM_MS);
      },
    },
    { name: 'flush', withinMs: FLUSH_MS, run: () => deps.cache.close() },
    {
      name: 'close',
      withinMs: CLOSE_MS,
      run: async () => {
        await Promise.all(started.metrics.map((part) => part.close()));
        await started.queues?.close();
        await deps.close();
      },
    },
  ];
}
